"""A web process of each role is killed, as the kernel does when memory ends."""

from collections.abc import Iterator
from contextlib import contextmanager

from drills.drill import Drill
from drills.faults._parts import killed
from drills.platform import DrillPlatform
from tests.servers.platform import WEB_ROLES


@contextmanager
def fault(platform: DrillPlatform) -> Iterator[None]:
    """Kill -9 of one gunicorn worker of one instance of each web role."""
    for name in platform.names(*WEB_ROLES):
        if name.endswith("-a"):
            killed(platform.children(name)[:1])
    yield


DRILL = Drill(
    hypothesis="The requests that a killed web process had in its hands break off; gunicorn starts "
    "another, and reads are asked once more by nginx and the gateway.",
    fault=fault,
)
