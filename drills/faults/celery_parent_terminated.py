"""Both workers are asked to end at once, as by a roll-out that is in a hurry."""

from collections.abc import Iterator
from contextlib import contextmanager

from drills.drill import Drill
from drills.platform import DrillPlatform


@contextmanager
def fault(platform: DrillPlatform) -> Iterator[None]:
    """SIGTERM to both workers; the block begins when they have ended, and others start."""
    platform.keeper.delete(*platform.names("worker"))
    yield


DRILL = Drill(
    hypothesis="A worker that is asked to end finishes the job in its hands and takes no other; "
    "what waits is done by the next one.",
    fault=fault,
    takes_s=10.0,
)
