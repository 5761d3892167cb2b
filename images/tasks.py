"""The tasks that workers run; each is one call of a service.

Celery delivers a message again in two cases only: the process that ran it died, and the job goes on
where it stopped; or the database was lost under it. After anything else, such as an outage of the
store, the job is a row that the sweeper sends again.
"""

import time
from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

import structlog
from celery import Task, shared_task
from django.db import Error as DatabaseError
from django.db import connection

from images import (
    heartbeat,  # noqa: F401 - they listen to the worker's signals
    memory_limit,  # noqa: F401 - they listen to the worker's signals
)
from images.apps import DELETE_TASK, EXPORT_TASK, PURGE_TRASH_TASK, RENDER_TASK, SWEEP_TASK
from images.services.deletion import trash_purge
from images.services.job_execution import job_run
from images.services.job_lease import RunInterrupted
from images.services.sweeping import jobs_sweep
from platform_site.kit.database import is_lost

log = structlog.get_logger(__name__)

OUTAGE_PAUSE_S: Final = 2.0
"""A child that has lost the database waits so long before it looks at its next message: without
the pause it would take every message out of the broker, only to hold it."""
OUTAGE_TRIES: Final = 10_000


@shared_task(name=RENDER_TASK, bind=True, default_retry_delay=1, max_retries=2)
def render(
    self: "Task[Any, Any]", job_id: str, dispatch_id: str, interruption: int | None = None
) -> None:
    """Make the renditions that a job asks for."""
    _run(self, job_id, dispatch_id, interruption)


@shared_task(name=DELETE_TASK, bind=True, default_retry_delay=1, max_retries=2)
def delete(
    self: "Task[Any, Any]", job_id: str, dispatch_id: str, interruption: int | None = None
) -> None:
    """Delete what a job says."""
    _run(self, job_id, dispatch_id, interruption)


@shared_task(name=EXPORT_TASK, bind=True, default_retry_delay=1, max_retries=2)
def export(
    self: "Task[Any, Any]", job_id: str, dispatch_id: str, interruption: int | None = None
) -> None:
    """Go on with an archive of all that somebody has."""
    _run(self, job_id, dispatch_id, interruption)


@shared_task(name=SWEEP_TASK)
def sweep() -> None:
    """Send again what was lost, give back what died halfway."""
    _with_database(jobs_sweep)


@shared_task(name=PURGE_TRASH_TASK)
def purge_trash() -> None:
    """Delete what has been in the trash long enough."""
    _with_database(trash_purge)


def _run(task: "Task[Any, Any]", job_id: str, dispatch_id: str, interruption: int | None) -> None:
    try:
        job_run(job_id=UUID(job_id), dispatch_id=UUID(dispatch_id), interruption=interruption)
    except RunInterrupted as exc:
        connection.close()  # dead; Django looks for such between requests only
        time.sleep(OUTAGE_PAUSE_S)
        again = {"interruption": exc.interruption}
        raise task.retry(kwargs=again, countdown=1, max_retries=OUTAGE_TRIES) from exc


def _with_database(act: Callable[[], object]) -> None:
    """Do ``act``, which is asked for again before long, if the database answers."""
    try:
        act()
    except DatabaseError as exc:
        if not is_lost(exc):
            raise
        log.warning("put_off", error=type(exc).__name__)
        connection.close()
