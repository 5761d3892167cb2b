"""The database dies, and its standby takes over."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

from drills.database import PostgreSQLServer
from drills.drill import Drill
from drills.platform import DrillPlatform


@contextmanager
def fault(platform: DrillPlatform) -> Iterator[None]:
    """A synchronous standby reads along; the primary is ended without a word, and it takes over."""
    place = platform.directory / "standby"
    place.mkdir()
    standby = PostgreSQLServer(place)
    standby.follow(platform.database)
    # What was acknowledged is then on both, whatever becomes of the first.
    platform.database.wait_for_standby()
    platform.database.stop(signal.SIGQUIT)
    standby.promote()
    platform.database = standby
    link = platform.links["database"]
    link.target = standby.port
    link.reset()
    yield


DRILL = Drill(
    hypothesis="When the standby has taken over at the same address everything goes on with it; "
    "what the first one had acknowledged is there.",
    fault=fault,
    lasts_s=5.0,
    takes_s=15.0,
    reads_hold=False,
    spoils=True,
)
