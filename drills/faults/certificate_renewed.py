"""The certificate of the public address is renewed."""

from collections.abc import Iterator
from contextlib import contextmanager

from drills.drill import Drill
from drills.platform import DrillPlatform


@contextmanager
def fault(platform: DrillPlatform) -> Iterator[None]:
    """Write another, three times, and have nginx read it anew."""
    for _ in range(3):
        platform.front.renew()
    yield


DRILL = Drill(
    hypothesis="New connections get the new certificate and old ones are finished with "
    "the old one; nobody notices.",
    fault=fault,
    over_tls=True,
)
