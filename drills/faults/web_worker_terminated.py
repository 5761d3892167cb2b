"""A web process of each role is asked to end, by somebody who does not know its parent."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

from drills.drill import Drill
from drills.faults._parts import killed
from drills.platform import DrillPlatform
from tests.servers.platform import WEB_ROLES


@contextmanager
def fault(platform: DrillPlatform) -> Iterator[None]:
    """SIGTERM to one gunicorn worker of one instance of each web role."""
    for name in platform.names(*WEB_ROLES):
        if name.endswith("-a"):
            killed(platform.children(name)[:1], signal.SIGTERM)
    yield


DRILL = Drill(
    hypothesis="A web process that is asked to end answers what it has taken; gunicorn starts "
    "another, and nobody notices.",
    fault=fault,
)
