"""The user of the bucket is replaced by another, in the steps of `rotate_keys`."""

from collections.abc import Iterator
from contextlib import contextmanager

from drills.drill import Drill
from drills.faults._rotation import rotation
from drills.platform import DrillPlatform


@contextmanager
def fault(platform: DrillPlatform) -> Iterator[None]:
    """Publish, use, retire; after each step every role that reads it is rolled."""
    rotation(platform, "store")
    yield


DRILL = Drill(
    hypothesis="The user of the object store is replaced while people work, and the former one is "
    "removed: no upload, no delivery and no job is refused.",
    fault=fault,
    lasts_s=1.0,
    takes_s=130.0,
)
