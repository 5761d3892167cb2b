"""The object store is away."""

from collections.abc import Iterator
from contextlib import contextmanager

from drills.drill import Drill
from drills.platform import DrillPlatform


@contextmanager
def fault(platform: DrillPlatform) -> Iterator[None]:
    """Nobody listens where the store was, and who was connected is reset."""
    with platform.links["store"].down():
        yield


DRILL = Drill(
    hypothesis="Uploads are refused with 503 and leave nothing behind, jobs are put off, and what "
    "nginx keeps is delivered.",
    fault=fault,
    lasts_s=30.0,
    # It asks for more than five failures, and few people upload in a short run.
    rings={"StoreFails": 16.0},
    reads_hold=False,
)
