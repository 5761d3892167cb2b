"""The database is restarted, as for an update of the server."""

from collections.abc import Iterator
from contextlib import contextmanager

from drills.drill import Drill
from drills.platform import DrillPlatform


@contextmanager
def fault(platform: DrillPlatform) -> Iterator[None]:
    """End every session, stop, and start at once."""
    platform.database.stop()
    platform.database.start()
    yield


DRILL = Drill(
    hypothesis="A restart of the database costs the requests of two or three seconds, which are "
    "refused with Retry-After; pools connect again by themselves.",
    fault=fault,
    lasts_s=5.0,
    reads_hold=False,
)
