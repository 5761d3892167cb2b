"""The scheduler is away while the broker forgets its messages: nothing sends them again."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from redis import Redis

from drills.drill import Drill
from drills.pages import remedied
from drills.platform import SETTINGS, DrillPlatform

LOST_AFTER_S: Final = float(SETTINGS["JOB_REQUEUE_AFTER_S"])


@contextmanager
def fault(platform: DrillPlatform) -> Iterator[None]:
    """Kill the scheduler, flush the broker, and do what the runbook says meanwhile."""
    with platform.keeper.down(*platform.names("scheduler")):
        with Redis.from_url(platform.broker.admin_url) as broker:
            broker.flushall()
        time.sleep(LOST_AFTER_S)
        remedied(platform, "docs/runbooks/work.md", "manage.py requeue_stuck")
        yield


DRILL = Drill(
    hypothesis="Without a scheduler lost messages are sent again by the command of the runbook, "
    "and new pictures are made as ever; nobody is refused anything.",
    fault=fault,
    lasts_s=15.0,
    takes_s=20.0,
    rings={"SchedulerSilent": 18.0},
)
