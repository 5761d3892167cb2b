"""The network is slow: another region, or a switch that is overloaded."""

from collections.abc import Iterator
from contextlib import contextmanager

from drills.drill import Drill
from drills.platform import DrillPlatform


@contextmanager
def fault(platform: DrillPlatform) -> Iterator[None]:
    """Each piece of data to and from database, broker, cache and store takes 20 ms more."""
    for link in platform.links.values():
        link.latency_s = 0.02
    try:
        yield
    finally:
        for link in platform.links.values():
            link.latency_s = 0.0


DRILL = Drill(
    hypothesis="Everything takes longer by some round trips, and nothing fails for it.",
    fault=fault,
    lasts_s=20.0,
    rings={"LatencyBurnsFast": 10.0},
)
