"""The object store answers late."""

from collections.abc import Iterator
from contextlib import contextmanager

from drills.drill import Drill
from drills.platform import DrillPlatform


@contextmanager
def fault(platform: DrillPlatform) -> Iterator[None]:
    """Each piece of data to and from the store takes half a second more."""
    link = platform.links["store"]
    link.latency_s = 0.5
    try:
        yield
    finally:
        link.latency_s = 0.0


DRILL = Drill(
    hypothesis="Whoever waits for the store waits longer, or is told that it is busy; what needs "
    "no bytes is as quick as ever, and nothing fails for it.",
    fault=fault,
    lasts_s=20.0,
)
