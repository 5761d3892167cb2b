"""The broker is away."""

from collections.abc import Iterator
from contextlib import contextmanager

from drills.drill import Drill
from drills.platform import DrillPlatform


@contextmanager
def fault(platform: DrillPlatform) -> Iterator[None]:
    """Stop it; start it again afterwards, with what it had on disk."""
    platform.broker.stop()
    try:
        yield
    finally:
        platform.broker.start()


DRILL = Drill(
    hypothesis="Uploads are taken without the broker, for the row is the truth; jobs are sent when "
    "it is back, and reads notice nothing.",
    fault=fault,
    lasts_s=15.0,
    rings={"RedisDown": 4.0},
)
