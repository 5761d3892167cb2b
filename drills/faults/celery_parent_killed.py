"""A whole worker is killed: the parent and its child."""

from collections.abc import Iterator
from contextlib import contextmanager

from drills.drill import Drill
from drills.platform import DrillPlatform


@contextmanager
def fault(platform: DrillPlatform) -> Iterator[None]:
    """Kill -9 of both workers with all their processes; they are started again by themselves."""
    for name in platform.names("worker"):
        platform.keeper.instances[name].program.kill()
    yield


DRILL = Drill(
    hypothesis="Workers that are killed whole are started again, and their jobs go on when the "
    "lease has run out; nobody is refused anything.",
    fault=fault,
)
