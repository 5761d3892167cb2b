"""Django's secret key is replaced, in the first two steps of `rotate_keys`."""

from collections.abc import Iterator
from contextlib import contextmanager

from drills.drill import Drill
from drills.faults._rotation import rotation
from drills.platform import DrillPlatform


@contextmanager
def fault(platform: DrillPlatform) -> Iterator[None]:
    """Publish and use; after each step every role that reads it is rolled."""
    rotation(platform, "django")
    yield


DRILL = Drill(
    hypothesis="Django's secret key is replaced while people work: nobody is "
    "signed out, and no request fails.",
    fault=fault,
    lasts_s=1.0,
    takes_s=90.0,
)
