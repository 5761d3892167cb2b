"""The network between the roles and everything that keeps data is cut."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from drills.drill import Drill
from drills.platform import DrillPlatform


@contextmanager
def fault(platform: DrillPlatform) -> Iterator[None]:
    """Every connection to database, broker, cache and store is reset, and no other is taken."""
    with ExitStack() as stack:
        for link in platform.links.values():
            stack.enter_context(link.down())
        yield


DRILL = Drill(
    hypothesis="Everything that needs data is refused with Retry-After, and everything connects "
    "again by itself.",
    fault=fault,
    lasts_s=20.0,
    # Of these, six are what workers need to say it three times, which is not hastened.
    rings={"DependencyDown": 9.0},
    reads_hold=False,
)
