"""The disk of the database is full."""

from collections.abc import Iterator
from contextlib import contextmanager

from drills.disks import full
from drills.drill import Drill
from drills.platform import DrillPlatform


@contextmanager
def fault(platform: DrillPlatform) -> Iterator[None]:
    """Fill its disk to the last block, and free it again."""
    with full(platform.directory / "postgresql"):
        yield
    # Without room for its log PostgreSQL ends; its pod is then started again.
    if not platform.database.is_running():
        platform.database.start()


DRILL = Drill(
    hypothesis="Without room for its log the database refuses changes or ends; it comes back with "
    "everything that it had acknowledged once there is room.",
    fault=fault,
    lasts_s=15.0,
    reads_hold=False,
    needs=("root",),
    small_disks=("postgresql",),
)
