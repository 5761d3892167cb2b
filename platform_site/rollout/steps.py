"""The plan of a roll-out and what comes next in it. Pure: the time is told."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from typing import Any, Final

from platform_site.rollout.judgement import ALL_ERRORS, Call, Verdict
from platform_site.rollout.ledger import Ledger


@dataclass(frozen=True, slots=True)
class Step:
    """A share of people, for how long at least, and how long evidence is waited for."""

    share: int
    least_s: float
    least_requests: float
    patience_s: float
    needs_evidence: bool = False
    """Whether a release that nobody could judge goes back here; small shares risk little."""


PLAN: Final = (
    Step(1, 10, 5, 60),
    Step(10, 10, 50, 60),
    Step(50, 40, 500, 600, needs_evidence=True),
    Step(100, 60, 500, 600, needs_evidence=True),
)
"""A release that fails each request spends, until it is seen, a second of outage at 1 %, and two or
three at 10 %: of the month's budget, 2,592 seconds of outage, a thousandth."""


class Phase(StrEnum):
    """Where a roll-out is."""

    CHECKED = "checked"
    """It is looked at before anybody is sent to it."""
    SHARED = "shared"
    PROMOTED = "promoted"
    REVERTED = "reverted"


@dataclass(frozen=True, slots=True)
class Progress:
    """All that a roll-out has to know when it was killed and goes on; kept as JSON in one place."""

    new: str
    old: str
    phase: Phase = Phase.CHECKED
    step: int = -1
    """Its place in the plan; before the first one, -1."""
    began_at: float = 0.0
    traffic_at: float = 0.0
    """When the first share was given."""
    step_at: float = 0.0
    looked_at: float = 0.0
    """Until when everything is in the ledger."""
    ledger: Ledger = field(default_factory=Ledger)
    requests_before_step: float = 0.0
    ended_at: float = 0.0
    why: str = ""

    @property
    def share(self) -> int:
        """The share that the new colour should have now."""
        if self.phase == Phase.PROMOTED:
            return 100
        if self.phase == Phase.SHARED and self.step >= 0:
            return PLAN[self.step].share
        return 0

    @property
    def requests(self) -> float:
        """Requests of the new colour so far; one of a person counts at each role it reaches."""
        line = self.ledger.lines.get(ALL_ERRORS)
        return line.new.events if line else 0.0

    @property
    def is_over(self) -> bool:
        """Whether there is nothing more to do."""
        return self.phase in {Phase.PROMOTED, Phase.REVERTED}

    def as_json(self) -> dict[str, Any]:
        """For keeping."""
        kept = {one.name: getattr(self, one.name) for one in fields(self)}
        return {**kept, "ledger": self.ledger.as_json()}

    @classmethod
    def of_json(cls, kept: Mapping[str, Any]) -> "Progress":
        """What `as_json` gave."""
        known = {"phase": Phase(kept["phase"]), "ledger": Ledger.of_json(kept["ledger"])}
        return cls(**{**kept, **known})


def opened(now: Progress, *, at: float) -> Progress:
    """The next step: a larger share."""
    step = now.step + 1
    return replace(
        now,
        phase=Phase.SHARED,
        step=step,
        step_at=at,
        traffic_at=now.traffic_at or at,
        looked_at=now.looked_at or at,
        requests_before_step=now.requests,
    )


def reverted(now: Progress, *, at: float, why: str) -> Progress:
    """Everybody back to the old colour."""
    return replace(now, phase=Phase.REVERTED, ended_at=at, why=why)


def next_progress(
    now: Progress, verdict: Verdict, *, at: float, plan: tuple[Step, ...] = PLAN
) -> Progress:
    """What the roll-out is after a look: as before, a step on, promoted or reverted."""
    if verdict.call == Call.REVERT:
        return reverted(now, at=at, why=verdict.why)
    step = plan[now.step]
    took_s = at - now.step_at
    fresh = now.requests - now.requests_before_step
    is_known = verdict.call == Call.GOOD if step.needs_evidence else True
    is_done = took_s >= step.least_s and fresh >= step.least_requests and is_known
    if not is_done and took_s >= step.patience_s:
        if step.needs_evidence:
            return reverted(
                now, at=at, why=f"it cannot be told within {took_s:.0f} s: {verdict.why}"
            )
        is_done = True
    if not is_done:
        return now
    if now.step + 1 < len(plan):
        return opened(now, at=at)
    return replace(now, phase=Phase.PROMOTED, ended_at=at, why=verdict.why)
