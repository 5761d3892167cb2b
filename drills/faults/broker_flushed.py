"""The broker forgets everything, as one does that was restored from nothing."""

from collections.abc import Iterator
from contextlib import contextmanager

from redis import Redis

from drills.drill import Drill
from drills.platform import DrillPlatform


@contextmanager
def fault(platform: DrillPlatform) -> Iterator[None]:
    """FLUSHALL, several times while jobs come in."""
    with Redis.from_url(platform.broker.admin_url) as broker:
        broker.flushall()
        yield
        broker.flushall()


DRILL = Drill(
    hypothesis="Messages that are lost with the broker are sent again from the rows; pictures come "
    "some seconds later.",
    fault=fault,
)
