"""Somebody takes every connection of the database that is left."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

import psycopg

from drills.drill import Drill
from drills.platform import DrillPlatform


@contextmanager
def fault(platform: DrillPlatform) -> Iterator[None]:
    """Connect as the user of images until the server has none to give."""
    url = (platform.secrets / "images" / "database-url").read_text()
    with ExitStack() as stack:
        with suppress(psycopg.OperationalError):
            while True:
                stack.enter_context(psycopg.connect(url, connect_timeout=5))
        yield


DRILL = Drill(
    hypothesis="Who has a connection goes on; who needs another is refused with 503 after the "
    "wait of the pool, and it is over when connections are there again.",
    fault=fault,
    lasts_s=20.0,
    rings={"DatabaseConnectionsNearLimit": 10.0},
)
