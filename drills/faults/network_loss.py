"""The network loses packets."""

from collections.abc import Iterator
from contextlib import contextmanager

from drills.drill import Drill
from drills.platform import DrillPlatform


@contextmanager
def fault(platform: DrillPlatform) -> Iterator[None]:
    """Three of a hundred pieces of data get lost, and come when TCP has sent them again."""
    for link in platform.links.values():
        link.loss = 0.03
    try:
        yield
    finally:
        for link in platform.links.values():
            link.loss = 0.0


DRILL = Drill(
    hypothesis="Some requests take a fifth of a second longer; nothing fails for it but what asks "
    "the cache, which is waited for no longer than a quarter of a second.",
    fault=fault,
    lasts_s=20.0,
)
