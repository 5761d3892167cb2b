"""A node is drained: everything that runs on it is asked to end at once."""

from collections.abc import Iterator
from contextlib import contextmanager

from drills.drill import Drill
from drills.platform import DrillPlatform


@contextmanager
def fault(platform: DrillPlatform) -> Iterator[None]:
    """End all instances of node b together; others start in their place."""
    platform.keeper.delete(*platform.on_node("b"))
    yield


DRILL = Drill(
    hypothesis="While one node is drained the instances on the other answer everything, and the "
    "worker there goes on with the jobs.",
    fault=fault,
    takes_s=20.0,
)
