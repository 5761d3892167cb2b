"""The disk of the object store is full."""

from collections.abc import Iterator
from contextlib import contextmanager

from drills.disks import full
from drills.drill import Drill
from drills.platform import DrillPlatform


@contextmanager
def fault(platform: DrillPlatform) -> Iterator[None]:
    """Fill its disk to the last block, and free it again."""
    with full(platform.directory / "store"):
        yield


DRILL = Drill(
    hypothesis="Uploads are refused with 503 and leave nothing behind, jobs are put off; what is "
    "there is delivered.",
    fault=fault,
    lasts_s=30.0,
    # It asks for more than five failures, and few people upload in a short run.
    rings={"StoreFails": 16.0},
    needs=("root",),
    small_disks=("store",),
)
