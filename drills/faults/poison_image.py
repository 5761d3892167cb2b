"""A picture ends every process that opens it."""

from collections.abc import Iterator
from contextlib import contextmanager

from drills.drill import Drill
from drills.faults._poison import poisoned
from drills.platform import DrillPlatform


@contextmanager
def fault(platform: DrillPlatform) -> Iterator[None]:
    """Kill whichever child has the job in its hands, each time; files that are broken besides."""
    with poisoned(platform):
        yield


DRILL = Drill(
    hypothesis="A job that ends its process is failed after three runs with `worker_crashed`, and "
    "everybody else's are done; broken files are refused in words.",
    fault=fault,
    lasts_s=5.0,
    takes_s=40.0,
)
