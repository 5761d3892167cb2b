"""Each instance of images is asked to end, one after the other, as in a roll-out."""

from collections.abc import Iterator
from contextlib import contextmanager

from drills.drill import Drill
from drills.faults._parts import rolled
from drills.platform import DrillPlatform


@contextmanager
def fault(platform: DrillPlatform) -> Iterator[None]:
    """`preStop` and SIGTERM for one instance; the next follows when its successor is ready."""
    rolled(platform, *platform.names("images"))
    yield


DRILL = Drill(
    hypothesis="Instances that are ended one after the other answer what they have taken, uploads "
    "included; nobody notices.",
    fault=fault,
    lasts_s=1.0,
    takes_s=50.0,
)
