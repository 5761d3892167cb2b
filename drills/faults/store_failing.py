"""The object store answers every other request with 500."""

from collections.abc import Iterator
from contextlib import contextmanager

from drills.drill import Drill
from drills.faults._store import failing_store
from drills.platform import DrillPlatform


@contextmanager
def fault(platform: DrillPlatform) -> Iterator[None]:
    """A server in between, which refuses half of what it is asked."""
    link = platform.links["store"]
    with failing_store(platform.store_port, every=2) as port:
        link.target = port
        link.reset()
        yield
        link.target = platform.store_port
        link.reset()


DRILL = Drill(
    hypothesis="The client of the store asks again; what fails all the same is refused with 503 "
    "and leaves nothing behind, and jobs are put off and done later.",
    fault=fault,
    lasts_s=20.0,
    reads_hold=False,
)
