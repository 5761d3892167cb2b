"""Amounts and times as a person reads them."""

from typing import Final

STEPS: Final = ("B", "kB", "MB", "GB", "TB")
STEP: Final = 1_000
MINUTE_S: Final = 60


def size(count: int) -> str:
    """``12.3 MB``."""
    amount = float(count)
    for unit in STEPS:
        if amount < STEP or unit == STEPS[-1]:
            return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= STEP
    raise AssertionError


def duration(seconds: float) -> str:
    """``4.2 s``, ``3 min 5 s``."""
    if seconds < MINUTE_S:
        return f"{seconds:.1f} s"
    return f"{seconds // MINUTE_S:.0f} min {seconds % MINUTE_S:.0f} s"


def counted(count: int, thing: str) -> str:
    """``1 object``, ``2,000 objects``."""
    return f"{count:,} {thing}{'' if count == 1 else 's'}"
