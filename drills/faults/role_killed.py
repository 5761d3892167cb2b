"""A whole role is killed: every instance of images, arbiter and web processes."""

from collections.abc import Iterator
from contextlib import contextmanager

from drills.drill import Drill
from drills.platform import DrillPlatform


@contextmanager
def fault(platform: DrillPlatform) -> Iterator[None]:
    """Kill -9 of all of images, and keep it away."""
    with platform.keeper.down(*platform.names("images")):
        yield


DRILL = Drill(
    hypothesis="Without images the gateway says 503 with Retry-After, signing in works, and all "
    "comes back when the role does.",
    fault=fault,
    lasts_s=10.0,
    full_s=20.0,
    rings={"RoleDown": 5.0},
    reads_hold=False,
)
