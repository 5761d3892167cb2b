"""What the rounds of a measurement say: the median, and how far the others are from it."""

import statistics
from collections.abc import Sequence

Spread = dict[str, float]
"""``least``, ``median`` and ``most`` over the rounds."""


def spread(values: Sequence[float], digits: int = 3) -> Spread:
    """Of one number over the rounds."""
    return {
        "least": round(min(values), digits),
        "median": round(statistics.median(values), digits),
        "most": round(max(values), digits),
    }


def ratios(ours: Sequence[float], theirs: Sequence[float]) -> Spread:
    """Ours over theirs, round by round: a moment in which the machine was busy meets both."""
    pairs = zip(ours, theirs, strict=True)
    return spread([one / other for one, other in pairs], 2)


def words(found: Spread, digits: int = 2) -> str:
    """``0.65 (0.61–0.70)``: the median, and the spread where it is one."""
    median, least, most = (f"{found[name]:,.{digits}f}" for name in ("median", "least", "most"))
    return median if least == most else f"{median} ({least}–{most})"
