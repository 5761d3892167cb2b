"""Every instance of every role is replaced, one after the other."""

from collections.abc import Iterator
from contextlib import contextmanager

from drills.drill import Drill
from drills.faults._parts import rolled
from drills.platform import DrillPlatform


@contextmanager
def fault(platform: DrillPlatform) -> Iterator[None]:
    """`preStop` and SIGTERM for each; the next follows when its successor is ready."""
    rolled(platform, *platform.names())
    yield


DRILL = Drill(
    hypothesis="A rolling restart of everything costs no request and no job.",
    fault=fault,
    lasts_s=1.0,
    takes_s=180.0,
)
