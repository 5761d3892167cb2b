"""The database is away for twenty seconds."""

from collections.abc import Iterator
from contextlib import contextmanager

from drills.drill import Drill
from drills.platform import DrillPlatform


@contextmanager
def fault(platform: DrillPlatform) -> Iterator[None]:
    """Stop the server; start it again afterwards."""
    platform.database.stop()
    try:
        yield
    finally:
        platform.database.start()


DRILL = Drill(
    hypothesis="Without the database whatever needs it is refused with 503 and Retry-After, "
    "pictures that nginx keeps are still delivered, and all of it comes back by itself.",
    fault=fault,
    lasts_s=20.0,
    # Of these, two are what the exporter takes to give up, which is not hastened.
    rings={"DatabaseDown": 8.0},
    reads_hold=False,
)
