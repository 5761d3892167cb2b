"""How well a platform served, by what its clients saw: figures for a report, from a history."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from drills.history import Call, Phase

READS: Final = frozenset({"read", "page", "job", "deliver"})
PHASES: Final[tuple[Phase, ...]] = ("before", "during", "after")


@dataclass(frozen=True, slots=True)
class Share:
    """How many of how many requests were answered well."""

    well: int
    all: int

    @property
    def ratio(self) -> float:
        """From 0 to 1; 1 when nothing was asked."""
        return self.well / self.all if self.all else 1.0

    def __str__(self) -> str:
        return f"{100 * self.ratio:.3f} % of {self.all}"


def is_request(call: Call) -> bool:
    """Whether the call is one request that counts; a token that has expired is part of the game."""
    return call.op != "list" and call.code != "token_expired"


def is_well(call: Call) -> bool:
    """Whether it was answered as a platform in health answers: not with 5xx, 429 or silence."""
    return call.status is not None and call.status < 500 and call.status != 429


def reads_share(calls: Iterable[Call], phase: Phase | None = None) -> Share:
    """The reading requests that were answered well, each try counted, in one phase or in all."""
    asked = [
        is_well(call)
        for call in calls
        if call.op in READS and is_request(call) and phase in {None, call.fault_phase}
    ]
    return Share(sum(asked), len(asked))


def requests_share(calls: Iterable[Call], phase: Phase | None = None) -> Share:
    """The same for requests of every kind."""
    asked = [is_well(c) for c in calls if is_request(c) and phase in {None, c.fault_phase}]
    return Share(sum(asked), len(asked))


def failures(calls: Iterable[Call], phase: Phase | None = None) -> dict[str, int]:
    """How often each kind of failure came, such as ``upload 503 storage_unavailable``."""
    kinds = Counter(
        f"{call.op} {_kind(call)}"
        for call in calls
        if is_request(call) and not is_well(call) and phase in {None, call.fault_phase}
    )
    return dict(kinds.most_common())


def _kind(call: Call) -> str:
    if call.status is None:
        return call.error or "unanswered"
    return f"{call.status} {call.code or ''}".strip()


def recovery_s(calls: Sequence[Call], fault_ended_at: float) -> float | None:
    """Seconds from the end of the fault to the first moment after which every request was well.

    By when requests were made: one that was made earlier and waits for its deadline is not counted.
    ``None`` when no request was well after the last failure, so that nobody knows.
    """
    asked = [call for call in calls if is_request(call)]
    failed = [call.invoked_at for call in asked if not is_well(call)]
    last = max([fault_ended_at, *failed])
    if not any(is_well(call) and call.invoked_at > last for call in asked):
        return None
    return last - fault_ended_at


def longest_silence_s(calls: Iterable[Call]) -> float:
    """The longest time between two requests that were answered well, of all clients together."""
    ends = sorted(c.ended_at for c in calls if is_request(c) and is_well(c) and c.ended_at)
    return max((b - a for a, b in pairwise(ends)), default=0.0)
