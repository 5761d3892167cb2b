"""The process that renders is asked to end, by somebody who does not know its parent."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

from drills.drill import Drill
from drills.faults._parts import killed
from drills.platform import DrillPlatform


@contextmanager
def fault(platform: DrillPlatform) -> Iterator[None]:
    """SIGTERM to the children of both workers."""
    for name in platform.names("worker"):
        killed(platform.children(name), signal.SIGTERM)
    yield


DRILL = Drill(
    hypothesis="A Celery child that is asked to end is replaced like one that was killed; its job "
    "is run again.",
    fault=fault,
)
