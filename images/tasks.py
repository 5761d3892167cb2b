"""The tasks that workers run; each is one call of a service.

Celery gives a message out again only when the process that ran it died, and soon, for the job
goes on where it stopped. All else, such as an outage, is a row that the sweeper sends again.
"""

from uuid import UUID

from celery import shared_task

from images import address_space, heartbeat  # noqa: F401 - they listen to the worker's signals
from images.services.deletion import trash_purge
from images.services.sweeping import jobs_sweep
from images.services.work import job_run


@shared_task(name="images.render", default_retry_delay=1, max_retries=2)
def render(job_id: str, dispatch_id: str) -> None:
    """Make the renditions that a job asks for."""
    job_run(job_id=UUID(job_id), dispatch_id=UUID(dispatch_id))


@shared_task(name="images.delete", default_retry_delay=1, max_retries=2)
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
