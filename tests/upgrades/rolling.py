"""Each role is replaced pod by pod while people work: what a roll-out of everything does.

``python -m tests.upgrades.rolling 10000`` is the full run, ``make rolling``.
"""

import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import django
import urllib3

from tests.edge.server import Edge, running_edge
from tests.servers.person import Person
from tests.servers.platform import WEB_ROLES
from tests.servers.postgresql import postgresql
from tests.servers.processes import ROOT
from tests.servers.service import Service
from tests.upgrades import slow
from tests.upgrades.load import NGINX, Load, Tally
from tests.upgrades.pods import SERVED, Code, Pod, Shared, shared
from tests.waiting import until

ROLES: Final = (*SERVED, "worker")
PEOPLE: Final = 3
LIMITS: Final = {"UPLOADS_PER_CLIENT": "200", "WRITES_PER_CLIENT": "500", "DRAIN_S": "65"}


@dataclass(frozen=True)
class RollReport:
    """What the run found."""

    requests: int
    failures: list[str]
    jobs: int
    lost: list[str]
    ended: Counter[str]
    asked: Mapping[str, int]
    again: int

    @property
    def passed(self) -> bool:
        """Whether nobody noticed anything."""
        return not self.failures and not self.lost

    def __str__(self) -> str:
        rows = [
            f"requests      {self.requests}",
            f"failed        {len(self.failures)}",
            f"jobs          {self.jobs}",
            f"lost          {len(self.lost)}",
            f"sent again    {self.again}",
            f"pods replaced {dict(self.ended)}",
            f"asked         {dict(self.asked)}",
        ]
        return "\n".join([*rows, *self.failures[:20], *self.lost[:20]])


@dataclass
class Frontend:
    """The pods of nginx, behind a Service of their own."""

    stack: ExitStack
    variables: dict[str, str]
    service: Service
    edges: list[Edge] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Where people come in."""
        return f"http://127.0.0.1:{self.service.port}"

    def start(self) -> None:
        """One more, ready."""
        edge = self.stack.enter_context(running_edge(self.variables))
        self.edges.append(edge)
        self.service.add(edge.port)

    def end(self) -> None:
        """The oldest goes, as its `preStop` and SIGQUIT have it: what it has begun it finishes."""
        edge = self.edges.pop(0)
        self.service.remove(edge.port)
        edge.drain()
        edge.ended()


def rolled(postgresql_url: str, directory: Path, *, requests: int, each: int = 1) -> RollReport:
    """Replace ``each`` pods of every role, again and again until ``requests`` were made."""
    now = Code("now", ROOT)
    ended: Counter[str] = Counter()
    with shared(postgresql_url, directory) as servers, frontend_of(servers, each) as frontend:
        servers.migrate(now)
        pods: dict[str, list[Pod]] = {role: servers.start(now, *[role] * each) for role in ROLES}
        pods["scheduler"] = servers.start(now, "scheduler")
        load = Load(frontend.url, PEOPLE)
        load.start()
        tally = load.tally
        try:
            with busy(load, servers):
                while not load.broken and (not ended or tally.count < requests):
                    ended += all_replaced(servers, now, pods, frontend, load)
        finally:
            load.stop()
        lost = load.lost_jobs()
    return RollReport(
        tally.count, tally.failures, len(tally.jobs), lost, ended, dict(tally.asked), tally.again
    )


def all_replaced(
    servers: Shared, code: Code, pods: dict[str, list[Pod]], frontend: Frontend, load: Load
) -> Counter[str]:
    """Every pod of every role once, and of nginx: how many of each were ended."""
    ended: Counter[str] = Counter()
    for role, running in pods.items():
        load.tally.phase = role
        for _ in range(len(running)):
            running.extend(servers.start(code, role))
            servers.end(running.pop(0))
            ended[role] += 1
            _heard(load)
    load.tally.phase = NGINX
    for _ in range(len(frontend.edges)):
        frontend.start()
        frontend.end()
        ended[NGINX] += 1
    _heard(load)
    return ended


def busy(load: Load, servers: Shared) -> AbstractContextManager[None]:
    """For the block, somebody is in the midst of something whenever a pod ends."""
    return load.joined(slow.publish, _admin(servers.address("admin")))


def _heard(load: Load) -> None:
    """Return once people have asked what they ask with the pods as they are now."""
    goal = load.tally.count + 5 * len(load.visitors)
    until(lambda: load.broken or load.tally.count > goal)


def _admin(address: str) -> Callable[[Person, Tally], None]:
    """Somebody who keeps a connection to the admin, which has no nginx in front."""
    http = urllib3.PoolManager(retries=False, maxsize=1, block=True)

    def look(_person: Person, tally: Tally) -> None:
        try:
            reply = http.request("GET", f"http://{address}/admin/login/", timeout=30.0)
        except urllib3.exceptions.HTTPError as exc:
            return tally.note("admin", f"{type(exc).__name__}: {exc}")
        tally.note("admin", None if reply.status == 200 else str(reply.status))
        time.sleep(0.1)
        return None

    return look


@contextmanager
def frontend_of(servers: Shared, each: int = 1) -> Iterator[Frontend]:
    """So many pods of nginx before everything that is served."""
    upstreams = {f"{role.upper()}_UPSTREAM": servers.address(role) for role in WEB_ROLES}
    store = servers.store.endpoint.removeprefix("http://")
    service = Service()
    service.start()
    with ExitStack() as stack:
        stack.callback(service.end)
        made = Frontend(stack, {**upstreams, "STORE_UPSTREAM": store, **LIMITS}, service)
        for _ in range(each):
            made.start()
        yield made


def main() -> int:
    """Run it and print what was found."""
    requests = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "platform_site.settings.test_embedded")
    django.setup()
    with postgresql() as url, tempfile.TemporaryDirectory(prefix="image-platform-rolling-") as d:
        report = rolled(url, Path(d), requests=requests, each=2)
    sys.stdout.write(f"{report}\n")
    return 0 if report.passed else 1


if __name__ == "__main__":
    sys.exit(main())
