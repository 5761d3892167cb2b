"""The broker has no memory left and takes no more messages."""

from collections.abc import Iterator
from contextlib import contextmanager

from redis import Redis

from drills.drill import Drill
from drills.platform import DrillPlatform


@contextmanager
def fault(platform: DrillPlatform) -> Iterator[None]:
    """Give it less than it has: it then refuses whatever would need more."""
    with Redis.from_url(platform.broker.admin_url) as broker:
        broker.config_set("maxmemory", 1)
        try:
            yield
        finally:
            broker.config_set("maxmemory", 0)


DRILL = Drill(
    hypothesis="Uploads are taken though the broker refuses messages; they are sent again from the "
    "rows when it has room.",
    fault=fault,
    lasts_s=20.0,
    rings={"BrokerMemoryFull": 10.0},
)
