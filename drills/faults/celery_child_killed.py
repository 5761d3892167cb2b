"""The process that renders is killed, as the kernel does when memory ends."""

from collections.abc import Iterator
from contextlib import contextmanager

from drills.drill import Drill
from drills.faults._parts import killed
from drills.platform import DrillPlatform


@contextmanager
def fault(platform: DrillPlatform) -> Iterator[None]:
    """Kill -9 of the children of both workers."""
    for name in platform.names("worker"):
        killed(platform.children(name))
    yield


DRILL = Drill(
    hypothesis="The parent of a killed Celery child starts another; the job that it had in hand is "
    "run again, and people notice that a picture comes some seconds later.",
    fault=fault,
)
