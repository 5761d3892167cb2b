"""One user asks for as much as a machine can ask."""

from collections.abc import Iterator
from contextlib import contextmanager

from drills.drill import Drill
from drills.faults._crowd import flooding
from drills.platform import DrillPlatform


@contextmanager
def fault(platform: DrillPlatform) -> Iterator[None]:
    """Sixteen connections of one account, without a pause."""
    with flooding(platform.url, connections=16):
        yield


DRILL = Drill(
    hypothesis="Who floods is told 429 by the limit of an account; the others get their answers.",
    fault=fault,
    lasts_s=20.0,
)
