"""What came of a drill: counted from history, alarm and verdict, with what did not hold."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

from drills.alarm import Ring
from drills.availability import failures, reads_share, recovery_s, requests_share
from drills.drill import READS, Drill
from drills.history import History
from drills.judge import Verdict
from drills.pace import PACE, in_a_cluster_s


@dataclass
class Outcome:
    """One row of the report; times are seconds."""

    name: str
    hypothesis: str
    ran_at: str = ""
    jobs: int = 0
    done: int = 0
    requests: int = 0
    failures: dict[str, int] = field(default_factory=dict)
    """By kind, tries that were refused for the platform's sake, or that got no answer."""
    reads: int = 0
    reads_failed: int = 0
    lost: int = 0
    doubled: int = 0
    wrong: int = 0
    others: dict[str, int] = field(default_factory=dict)
    """What else the judge found, by kind."""
    fault_s: float = 0.0
    detected: dict[str, float] = field(default_factory=dict)
    """Seconds from the beginning of the fault to each alert's first ring."""
    recovered_s: float | None = None
    """Seconds from the end of the fault until every request was answered well; none: never."""
    silent_s: float | None = None
    """Seconds from the end of the fault until the last alert was over; none: it never was."""
    took_s: float = 0.0
    broken: list[str] = field(default_factory=list)
    """What did not hold, in words."""

    @property
    def is_good(self) -> bool:
        """Whether everything held."""
        return not self.broken

    @property
    def leaves_nothing(self) -> bool:
        """Whether the next drill finds a platform on which everything is as it should be."""
        found = self.lost + self.doubled + self.wrong + sum(self.others.values())
        return not found and self.done == self.jobs and self.silent_s is not None

    def as_json(self) -> dict[str, Any]:
        """How it stands in the report."""
        return {**asdict(self), "pace": PACE}

    @classmethod
    def of_json(cls, document: dict[str, Any]) -> "Outcome":
        """Read back."""
        return cls(**{name: value for name, value in document.items() if name != "pace"})


@dataclass(frozen=True)
class Evidence:
    """What a run has left to be judged."""

    name: str
    drill: Drill
    jobs: int
    done: int
    is_over: bool
    history: History
    rings: Sequence[Ring]
    is_silent: bool
    verdict: Verdict
    took_s: float = 0.0
    ringing: Sequence[str] = ()
    """The alerts that still fire where it has not become silent."""


def outcome_of(evidence: Evidence) -> Outcome:
    """Count everything, and hold it to what the drill says."""
    calls, marks = evidence.history.calls, evidence.history.marks
    began, ended = marks["during"], marks["after"]
    recovered = recovery_s(calls, ended)
    wall = calls[0].wall - calls[0].invoked_at  # from the monotonic clock to the calendar
    judged, reads = evidence.verdict.counts, reads_share(calls)
    found = Outcome(
        name=evidence.name,
        hypothesis=evidence.drill.hypothesis,
        ran_at=datetime.now(UTC).strftime("%Y-%m-%d %H:%M"),
        jobs=evidence.jobs,
        done=evidence.done,
        requests=requests_share(calls).all,
        failures=failures(calls),
        reads=reads.all,
        reads_failed=reads.all - reads.well,
        lost=evidence.verdict.lost,
        doubled=evidence.verdict.doubled,
        wrong=evidence.verdict.wrong,
        others={
            kind: number
            for kind, number in judged.items()
            if number and kind not in {"lost", "doubled", "wrong"}
        },
        fault_s=round(ended - began, 1),
        detected=_detected(evidence.rings, began + wall),
        recovered_s=None if recovered is None else round(recovered, 1),
        silent_s=_silent_s(evidence, ended + wall),
        took_s=round(evidence.took_s, 1),
    )
    found.broken = list(_broken(evidence, found))
    return found


def _broken(evidence: Evidence, found: Outcome) -> list[str]:
    drill = evidence.drill
    words = list(evidence.verdict.words[:10])
    if not evidence.verdict.settled:
        words.append("jobs were left to do at the end")
    if not evidence.is_over or found.done < found.jobs:
        words.append(
            f"clients were still at work: {found.done} of {found.jobs} pictures were published"
        )
    if found.recovered_s is None:
        words.append("nobody was answered well after the last failure")
    elif found.recovered_s > drill.recovers_within_s:
        words.append(f"recovered {found.recovered_s} s after the fault was over")
    good = 1 - found.reads_failed / max(1, found.reads)
    if drill.reads_hold and good < READS:
        words.append(f"{good:.3%} of reads were answered, {READS:.1%} must be")
    return [*words, *_unheard(evidence, found)]


def _unheard(evidence: Evidence, found: Outcome) -> Iterator[str]:
    rings = evidence.drill.rings
    for alert, minutes in rings.items():
        seconds = found.detected.get(alert)
        if seconds is None:
            yield f"{alert} did not ring"
        elif in_a_cluster_s(seconds) > minutes * 60:
            yield f"{alert} rang after {seconds} s, {minutes * 60 / PACE:.0f} are allowed"
    if not evidence.is_silent:
        yield f"not silent when the wait was over: {', '.join(evidence.ringing) or 'not yet told'}"


def _detected(rings: Sequence[Ring], began_at: float) -> dict[str, float]:
    found: dict[str, float] = {}
    for ring in rings:
        if ring.rang_at >= began_at:  # what rang before is not the fault's
            found.setdefault(ring.alert, round(ring.rang_at - began_at, 1))
    return found


def _silent_s(evidence: Evidence, ended_at: float) -> float | None:
    if not evidence.is_silent:
        return None
    last = max((ring.silent_at or 0.0 for ring in evidence.rings), default=ended_at)
    return round(max(0.0, last - ended_at), 1)
