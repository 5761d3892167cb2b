"""Nobody can be signed in: every instance of auth is away."""

from collections.abc import Iterator
from contextlib import contextmanager

from drills.drill import Drill
from drills.platform import DrillPlatform


@contextmanager
def fault(platform: DrillPlatform) -> Iterator[None]:
    """Kill -9 of all of auth, and keep it away."""
    with platform.keeper.down(*platform.names("auth")):
        yield


DRILL = Drill(
    hypothesis="Whoever has a token goes on with everything; signing in is refused until auth is "
    "back.",
    fault=fault,
    lasts_s=15.0,
    full_s=300.0,
    rings={"RoleDown": 5.0},
)
