"""The verdict about a run: everything that is asked, and what was found."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from drills.history import Call, History
from drills.judge.documented import documents_check
from drills.judge.effects import effects_check
from drills.judge.findings import Case, Finding, Kind
from drills.judge.reads import reads_check
from drills.judge.sessions import sessions_check
from drills.truth import Truth

DELIVERY_CACHE_S = 60.0


@dataclass(frozen=True)
class Verdict:
    """What was found, how often, and in words."""

    findings: tuple[Finding, ...]
    calls: int
    uploads: int
    unknown: int
    settled: bool = True

    @property
    def counts(self) -> dict[str, int]:
        """How many findings there are of each kind."""
        counted = Counter(finding.kind for finding in self.findings)
        return {kind.value: counted[kind] for kind in Kind}

    @property
    def lost(self) -> int:
        """Acknowledged and not there."""
        return self.counts[Kind.LOST]

    @property
    def doubled(self) -> int:
        """Asked for once and there twice."""
        return self.counts[Kind.DOUBLED]

    @property
    def wrong(self) -> int:
        """Other bytes than they must be, or another's."""
        return self.counts[Kind.WRONG]

    @property
    def left(self) -> int:
        """Refused or deleted, and still there."""
        return self.counts[Kind.LEFT]

    @property
    def out_of_order(self) -> int:
        """Answers that contradict what was seen before."""
        return self.counts[Kind.OUT_OF_ORDER]

    @property
    def undocumented(self) -> int:
        """Kinds of answers that no document tells of."""
        return self.counts[Kind.UNDOCUMENTED]

    @property
    def words(self) -> list[str]:
        """One line for each finding."""
        return [f"{each.kind.replace('_', ' ')}: {each.words}" for each in self.findings]

    @property
    def is_good(self) -> bool:
        """Whether nothing at all is wrong."""
        return not self.findings and self.settled

    def __str__(self) -> str:
        counted = ", ".join(f"{n} {kind.replace('_', ' ')}" for kind, n in self.counts.items())
        head = f"{self.calls} calls, {self.uploads} uploads, {self.unknown} unanswered: {counted}"
        unsettled = [] if self.settled else ["jobs were left to do when the truth was read"]
        return "\n".join([head, *unsettled, *self.words])


def judge(
    history: History | Sequence[Call], truth: Truth, *, delivery_cache_s: float = DELIVERY_CACHE_S
) -> Verdict:
    """Compare a history with the truth.

    ``delivery_cache_s`` is how long nginx may keep bytes; 0 where there is none.
    """
    calls = history.calls if isinstance(history, History) else list(history)
    case = Case(calls, truth)
    effects_check(case)
    reads_check(case)
    sessions_check(case, delivery_cache_s=delivery_cache_s)
    documents_check(case)
    return Verdict(
        findings=tuple(dict.fromkeys(case.findings)),
        calls=len(calls),
        uploads=len(case.uploads),
        unknown=sum(call.outcome == "unknown" for call in calls),
        settled=truth.settled,
    )
