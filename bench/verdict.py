"""One target: what is held, to what, what was measured, and whether it is met."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Verdict:
    """As the pages show it; what was measured is a median."""

    what: str
    target: str
    measured: str
    met: bool
