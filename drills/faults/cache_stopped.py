"""The shared cache is away: limits, revocations, idempotency keys."""

from collections.abc import Iterator
from contextlib import contextmanager

from drills.drill import Drill
from drills.platform import DrillPlatform


@contextmanager
def fault(platform: DrillPlatform) -> Iterator[None]:
    """Stop it; it comes back empty or with what it had."""
    platform.cache.stop()
    try:
        yield
    finally:
        platform.cache.start()


DRILL = Drill(
    hypothesis="Reads go on without the cache; signing in and changes are refused with 503 and "
    "Retry-After, since nobody can say whether the session has ended.",
    fault=fault,
    lasts_s=15.0,
    rings={"RedisDown": 4.0},
)
