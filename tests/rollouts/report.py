"""One release tried on two colours that run: what became of it, and what people met."""

import json
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from platform_site.rollout.steps import PLAN
from tests.rollouts.people import Traffic, people
from tests.rollouts.site import TwoColours
from tests.servers.processes import ROOT

UNREADY: Final[Mapping[str, dict[str, Any]]] = {
    "migration": {},
    "wrong-configuration": {"extra": {"DATABASE_URL": "postgresql://nobody@127.0.0.1:9/none"}},
    "missing-secret": {"lacks": "SIGNING_KEYS_FILE"},
    "slow-start": {},
}
"""Builds that never become ready, and how they are started."""
BAD: Final = (
    *("errors-1", "slow", "leak", "crash-loop", "job", "migration"),
    *("wrong-configuration", "missing-secret", "slow-start", "static-files"),
)
FAST: Final = ("--pace=0.2", "--warm-up=60")
COMMAND_S: Final = 900.0
"""Beyond the patience of the plan; a machine that is busy starts things slowly."""


REVERTED_WITHIN_S: Final = 120.0
BUDGET: Final = 0.01
"""Of the failures that a month allows, at the rate of the run."""


@dataclass(frozen=True)
class Outcome:
    """How a roll-out ended."""

    build: str
    is_promoted: bool
    why: str
    said: str
    took_s: float
    """From the first traffic to the end."""
    has_had_traffic: bool
    requests: int
    failed: int
    budget_spent: float
    after: Traffic
    """A second of traffic once it was over."""
    largest_share: int
    """Per cent of people that it came to."""

    @property
    def is_right(self) -> bool:
        """Whether it ended as such a build should, in time and at little cost."""
        as_wished = self.is_promoted == (self.build == "good")
        in_time = self.is_promoted or self.took_s <= REVERTED_WITHIN_S
        return as_wished and in_time and self.budget_spent < BUDGET and not self.after.failed

    @property
    def row(self) -> dict[str, Any]:
        """For keeping."""
        return {
            "build": self.build,
            "held": self.is_right,
            "promoted": self.is_promoted,
            "largest_share": self.largest_share,
            "seconds_of_traffic": round(self.took_s, 1),
            "requests": self.requests,
            "failed": self.failed,
            "budget_spent": round(self.budget_spent, 8),
            "why": self.why,
        }


def rolled_out(site: TwoColours, build: str, *arguments: str, per_s: float = 30.0) -> Outcome:
    """Start ``build`` as green and let the command decide, with people at the platform."""
    unready = build in UNREADY
    site.green_start(build, is_awaited=not unready, **UNREADY.get(build, {}))
    if build == "static-files":
        (site.green_site / "assets" / "index-abc123.js").unlink()
    person = site.blue.person("alice")
    within = "--ready-within=2" if unready else "--ready-within=60"
    with people(site, person, per_s=per_s) as seen:
        done = subprocess.run(
            site.command(*(arguments or FAST), within),
            cwd=ROOT,
            env=site.command_environment(),
            capture_output=True,
            text=True,
            timeout=COMMAND_S,
            check=False,
        )
        requests, failed, spent = seen.requests, seen.failed, seen.budget_spent
    with people(site, person, per_s=per_s) as after:
        time.sleep(1.0)
    kept = json.loads((site.split / "rollout.json").read_text())
    return Outcome(
        build=build,
        is_promoted=done.returncode == 0 and kept["phase"] == "promoted",
        why=kept["why"],
        said=done.stdout + done.stderr,
        took_s=kept["ended_at"] - kept["traffic_at"] if kept["traffic_at"] else 0.0,
        has_had_traffic=bool(kept["traffic_at"]),
        requests=requests,
        failed=failed,
        budget_spent=spent,
        after=after,
        largest_share=PLAN[kept["step"]].share if kept["step"] >= 0 else 0,
    )
