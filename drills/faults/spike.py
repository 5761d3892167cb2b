"""Far more people come at once than the platform can serve."""

from collections.abc import Iterator
from contextlib import contextmanager

from drills.drill import Drill
from drills.faults._crowd import crowd
from drills.platform import DrillPlatform


@contextmanager
def fault(platform: DrillPlatform) -> Iterator[None]:
    """A hundred people read and upload without a pause."""
    with crowd(platform.url, people=100):
        yield


DRILL = Drill(
    hypothesis="What is too much waits a few seconds at most, is refused with Retry-After and is "
    "not done; what is taken is done, and the platform is as before when the crowd has gone.",
    fault=fault,
    lasts_s=15.0,
    full_s=30.0,
    reads_hold=False,
)
