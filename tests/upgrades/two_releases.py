"""The release before and this one on the same servers, forwards and back, while people work.

``python -m tests.upgrades.two_releases 10000`` is the full run, ``make releases``.
"""

import os
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import django

from deploy.project_release.history import NoHistoryError, Release, previous_release
from tests.servers.platform import WEB_ROLES
from tests.servers.postgresql import postgresql
from tests.servers.processes import ROOT
from tests.upgrades.load import Load
from tests.upgrades.pods import Code, Pod, Shared, shared, unpacked
from tests.upgrades.rolling import all_replaced, busy, frontend_of
from tests.waiting import until

PHASES: Final = 5
PEOPLE: Final = 3
NEW: Final = (*WEB_ROLES, "worker", "scheduler")
TAKES_RIGHTS: Final = ("0.1.0",)
"""Releases whose Job takes the roles' rights away for a moment; nobody needs it on the way back."""


@dataclass(frozen=True)
class Report:
    """What the run found; it has passed without failures and losses, and with jobs both ways."""

    before: str
    requests: int
    failures: list[str]
    jobs: int
    lost: list[str]
    run_by_the_other: dict[str, int]
    replaced: Mapping[str, int]
    """Pods of the new release that were replaced by their like, by role."""
    asked: Mapping[str, int]

    @property
    def passed(self) -> bool:
        """Whether nobody noticed anything."""
        return not self.failures and not self.lost and all(self.run_by_the_other.values())

    def __str__(self) -> str:
        rows = [
            f"release before           {self.before}",
            f"requests                 {self.requests}",
            f"failed                   {len(self.failures)}",
            f"jobs                     {self.jobs}",
            f"lost                     {len(self.lost)}",
            *(f"{name:<24} {count}" for name, count in self.run_by_the_other.items()),
            f"pods replaced            {dict(self.replaced)}",
        ]
        return "\n".join([*rows, *self.failures[:20], *self.lost[:20]])


def rehearsed(
    postgresql_url: str, directory: Path, *, before: Release | None, requests: int
) -> Report:
    """Go from ``before`` to the working tree and back, with a fifth of ``requests`` in each phase.

    When all is new, each pod is replaced once by another like it, while people upload slowly.
    Without a release before, it is the working tree twice.
    """
    now = Code("now", ROOT)
    then = now
    if before is not None:
        then = Code("then", unpacked(before.commit, directory / "then"))
    with shared(postgresql_url, directory) as servers, frontend_of(servers) as frontend:
        servers.migrate(then)
        web = servers.start(then, *WEB_ROLES)
        workers = servers.start(then, "worker", "scheduler")
        load = Load(frontend.url, PEOPLE)
        load.start()
        crossed = {}

        def phase(name: str) -> None:
            load.tally.phase = name
            goal = load.tally.count + requests // PHASES
            until(
                lambda: load.broken or load.tally.count >= goal,
                lambda: f"{name}: {load.tally.count} of {goal}\n{servers.words()[-5000:]}",
                timeout_s=600,
            )

        try:
            phase("before")
            servers.migrate(now)
            workers = _replaced(servers, workers, now, "worker", "scheduler")
            phase("migrated, new workers")
            web = _replaced(servers, web, now, *WEB_ROLES)
            pods = {role: [pod] for role, pod in zip(NEW, [*web, *workers], strict=True)}
            pods["admin"] = servers.start(now, "admin")
            with busy(load, servers):
                ended = all_replaced(servers, now, pods, frontend, load)
            web = [pods[role][0] for role in WEB_ROLES]
            phase("new")
            workers = _replaced(servers, [*pods["worker"], *pods["admin"]], then, "worker")
            phase("back, old workers")
            if before is None or before.version not in TAKES_RIGHTS:
                servers.migrate(then)
            web = _replaced(servers, web, then, *WEB_ROLES)
            phase("back")
        finally:
            load.stop()
        tally = load.tally
        for title, name in (
            ("jobs of old, run by new", "migrated, new workers"),
            ("jobs of new, run by old", "back, old workers"),
        ):
            crossed[title] = tally.ended_in[(name, name)]
        return Report(
            before.version if before else "none: the same code twice",
            tally.count, tally.failures, len(tally.jobs), load.lost_jobs(), crossed, ended,
            dict(tally.asked),
        )  # fmt: skip


def _replaced(servers: Shared, pods: list[Pod], code: Code, *roles: str) -> list[Pod]:
    """New pods beside the old ones, then without them."""
    started = servers.start(code, *roles)
    servers.end(*pods)
    return started


def main() -> int:
    """Run it and print what was found."""
    requests = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "platform_site.settings.test_embedded")
    django.setup()
    try:
        before = previous_release(ROOT)
    except NoHistoryError as exc:
        sys.stderr.write(f"{exc}\n")
        return 1
    with postgresql() as url, tempfile.TemporaryDirectory(prefix="image-platform-releases-") as d:
        report = rehearsed(url, Path(d), before=before, requests=requests)
    sys.stdout.write(f"{report}\n")
    return 0 if report.passed else 1


if __name__ == "__main__":
    sys.exit(main())
