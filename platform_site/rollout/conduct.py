"""Carries a roll-out through: checks, gives shares, looks, goes on or back. May be killed anywhere.

What it knows is written before it acts, so whoever starts it again goes on from there.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from platform_site.rollout import measures
from platform_site.rollout.judgement import (
    ALL_ERRORS,
    FAILED_JOBS,
    Call,
    Sight,
    Verdict,
    entered,
    judge,
)
from platform_site.rollout.ledger import LedgerLine
from platform_site.rollout.preflight import Probe
from platform_site.rollout.prometheus import NoAnswer
from platform_site.rollout.split import Split
from platform_site.rollout.steps import (
    PLAN,
    Phase,
    Progress,
    Step,
    next_progress,
    opened,
    reverted,
)

BLIND_S: Final = 30.0
"""How long a release stays where it is while Prometheus says nothing."""


@dataclass(frozen=True)
class Patience:
    """What a roll-out waits for, in seconds; and the requests of its warm-up."""

    ready_s: float = 120.0
    warm_up: int = 400
    settle_s: float = 15.0
    """Until the metrics of the warm-up have been scraped, which are no traffic."""
    spread_s: float = 0.0
    """Until each nginx has heard that there may be shares: a ConfigMap takes a minute."""
    look_every_s: float = 5.0


class Rollout:
    """One roll-out of the colour ``new``; ``say`` gets a line for each thing that happens."""

    def __init__(
        self,
        split: Split,
        prometheus: measures.Asked,
        probe: Probe,
        *,
        say: Callable[[str], None],
        plan: tuple[Step, ...] = PLAN,
        patience: Patience = Patience(),
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._split, self._prometheus, self._probe = split, prometheus, probe
        self._say, self._plan, self._patience = say, plan, patience
        self._clock, self._sleep = clock, sleep
        self._blind_since = 0.0

    def run(self, new: str, old: str) -> Progress:
        """From the beginning, or from where it was killed, to its end."""
        now = self._resumed(new, old)
        if now.phase == Phase.CHECKED:
            now = self._checked(now)
        while not now.is_over:
            self._sleep(self._patience.look_every_s)
            now = self._ended_elsewhere(now) or self._looked(now)
        self._say(f"{now.phase.upper()}: {now.why}")
        return now

    def revert(self, new: str, old: str, why: str) -> Progress:
        """Everybody back to ``old``, whatever is under way."""
        now = self._resumed(new, old)
        return self._kept(reverted(now, at=self._clock(), why=why))

    def _resumed(self, new: str, old: str) -> Progress:
        kept = self._split.remembered()
        if kept is not None:
            found = Progress.of_json(kept)
            if not found.is_over and found.new == new:
                self._say(f"goes on where it was: {found.phase}, {found.share} % to {new}")
                self._split.share_set(new, found.share)
                return found
        return self._kept(Progress(new=new, old=old, began_at=self._clock()))

    def _ended_elsewhere(self, now: Progress) -> Progress | None:
        """How it ended, where somebody has sent everybody back while it was under way."""
        kept = self._split.remembered()
        if kept is None:
            return None
        found = Progress.of_json(kept)
        return found if found.is_over and found.began_at == now.began_at else None

    def _checked(self, now: Progress) -> Progress:
        self._say(f"looks at {now.new} before anybody is sent to it")
        prepared_at = self._clock()
        self._split.prepare(now.new)
        if refusals := self.refusals(now):
            why = f"before any traffic: {'; '.join(refusals)}"
            return self._kept(reverted(now, at=self._clock(), why=why))
        self._say(f"{now.new} is ready and warmed up")
        self._sleep(max(0.0, prepared_at + self._patience.spread_s - self._clock()))
        return self._opened(now)

    def refusals(self, now: Progress) -> list[str]:
        """What stands against sending anybody to the new colour; it has been warmed up by then."""
        patience = self._patience
        found = self._probe.refusals(ready_within_s=patience.ready_s, warm_up=patience.warm_up)
        return list(found) or self._unseen(now)

    def _unseen(self, now: Progress) -> list[str]:
        """Nobody is sent where nothing could be judged: Prometheus has to see both colours."""
        self._sleep(self._patience.settle_s)
        try:
            new, old = self._sights(now, self._clock())
        except NoAnswer as exc:
            return [str(exc)]
        return [
            f"Prometheus gets no metrics of {role} of {name}"
            for name, sight in ((now.new, new), (now.old, old))
            for role in sight.silent
        ]

    def _looked(self, now: Progress) -> Progress:
        at = self._clock()
        try:
            new, old = self._sights(now, at)
        except NoAnswer as exc:
            return self._blind(now, exc)
        self._blind_since = 0.0
        new = replace(new, probes=tuple(self._probe.pages()))
        now = replace(now, ledger=entered(now.ledger, new, old), looked_at=at)
        verdict = judge(now.ledger, new, old)
        self._tell(now, verdict)
        after = next_progress(now, verdict, at=self._clock(), plan=self._plan)
        return self._kept(after) if after.step == now.step else self._opened(now)

    def _blind(self, now: Progress, exc: NoAnswer) -> Progress:
        at = self._clock()
        self._blind_since = self._blind_since or at
        self._say(str(exc))
        if at - self._blind_since < BLIND_S:
            return now
        return self._kept(reverted(now, at=at, why=f"nobody can judge it: {exc}"))

    def _opened(self, now: Progress) -> Progress:
        after = self._kept(opened(now, at=self._clock()))
        self._say(f"{after.share} % to {after.new}")
        return after

    def _kept(self, now: Progress) -> Progress:
        if not now.is_over and (ended := self._ended_elsewhere(now)):
            return ended
        # In this order: a share that nobody remembers would stay for ever.
        self._split.remember(now.as_json())
        self._split.share_set(now.new, now.share)
        return now

    def _sights(self, now: Progress, at: float) -> tuple[Sight, Sight]:
        return measures.sights(
            self._prometheus,
            new=now.new,
            old=now.old,
            traffic_at=now.traffic_at or at,
            began_at=now.looked_at or at,
            at=at,
        )

    def _tell(self, now: Progress, verdict: Verdict) -> None:
        lines = now.ledger.lines
        new = lines.get(ALL_ERRORS, LedgerLine()).new
        jobs = lines.get(FAILED_JOBS, LedgerLine()).new
        words = (
            f"{now.looked_at - now.traffic_at:4.0f} s  {now.share:3d} %  "
            f"{new.events:.0f} requests, {new.failures:.0f} failed"
        )
        if jobs.events:
            words += f"; {jobs.events:.0f} jobs, {jobs.failures:.0f} failed"
        if verdict.call == Call.REVERT:
            words += f"  → {verdict.why}"
        self._say(words)


def history(kept: Progress, said: Sequence[str] = ()) -> str:
    """A roll-out in a few lines, for ``--status``."""
    lines = [
        f"{kept.new} beside {kept.old}: {kept.phase}, {kept.share} % of people",
        *([f"why: {kept.why}"] if kept.why else []),
        *said,
    ]
    return "\n".join(lines)
