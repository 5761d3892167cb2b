"""Connections are forgotten on the way: what is sent goes nowhere, and nobody is told."""

from collections.abc import Iterator
from contextlib import contextmanager

from drills.drill import Drill
from drills.platform import DrillPlatform


@contextmanager
def fault(platform: DrillPlatform) -> Iterator[None]:
    """Every connection to database, broker, cache and store that there is; new ones are served."""
    for link in platform.links.values():
        link.abandon()
    yield


DRILL = Drill(
    hypothesis="Whoever waits on a dead connection gives up at a deadline and takes a new one; "
    "within half a minute nobody uses a dead one any more.",
    fault=fault,
    lasts_s=20.0,
    reads_hold=False,
)
