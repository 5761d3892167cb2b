"""The tasks that workers run; each is one call of a service.

Nothing is retried by Celery: a job that an outage put off, or whose worker died, is a row that
the sweeper sends again.
"""

from uuid import UUID

from celery import shared_task

from images import heartbeat  # noqa: F401 - its signal handlers make the worker beat
from images.services.deletion import trash_purge
from images.services.sweeping import jobs_sweep
from images.services.work import job_run


@shared_task(name="images.render")
def render(job_id: str, dispatch_id: str) -> None:
    """Make the renditions that a job asks for."""
    job_run(job_id=UUID(job_id), dispatch_id=UUID(dispatch_id))


@shared_task(name="images.delete")
def delete(job_id: str, dispatch_id: str) -> None:
    """Delete what a job says."""
    job_run(job_id=UUID(job_id), dispatch_id=UUID(dispatch_id))


@shared_task(name="images.sweep")
def sweep() -> None:
    """Send again what was lost, give back what died halfway."""
    jobs_sweep()


@shared_task(name="images.purge_trash")
def purge_trash() -> None:
    """Delete what has been in the trash long enough."""
    trash_purge()
