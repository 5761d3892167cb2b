"""Reads of jobs."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Min, Q, QuerySet
from django.utils import timezone

from images.errors import JobNotFound
from images.models import ACTIVE_STATES, Job


def jobs_of_owner(
    *, owner_id: UUID, image_id: UUID | None = None, states: Iterable[str] = ()
) -> QuerySet[Job]:
    """The owner's jobs; of one image, or in some of the states, when given."""
    found = Job.objects.filter(owner_id=owner_id)
    if image_id is not None:
        found = found.filter(image_id=image_id)
    if chosen := list(states):
        found = found.filter(state__in=chosen)
    return found


def job_for_owner(*, job_id: UUID, owner_id: UUID) -> Job:
    """The job, if ``owner_id`` owns it. Raises `JobNotFound`."""
    try:
        return Job.objects.get(id=job_id, owner_id=owner_id)
    except Job.DoesNotExist as exc:
        raise JobNotFound from exc


def active_render_for(*, image_id: UUID, specs: Iterable[str]) -> Job | None:
    """The newest render job under way that makes one of ``specs``; ``None`` when none does."""
    wanted = set(specs)
    active = Job.objects.filter(image_id=image_id, kind=Job.Kind.RENDER, state__in=ACTIVE_STATES)
    return next((job for job in active.order_by("-id") if wanted & set(job.specs)), None)


def oldest_queued() -> dict[str, datetime]:
    """Since when a job waits, by queue; a queue without one is absent.

    A job that was put off does not wait until its time has come.
    """
    waiting = Job.objects.filter(state=Job.State.QUEUED, queued_at__lte=timezone.now())
    rows = waiting.values("queue").annotate(at=Min("queued_at"))
    return {row["queue"]: row["at"] for row in rows}


def job_counts() -> dict[str, int]:
    """Jobs under way, and those that ended in the last 24 hours."""
    since = timezone.now() - timedelta(hours=24)
    return Job.objects.aggregate(
        queued=Count("id", filter=Q(state=Job.State.QUEUED)),
        running=Count("id", filter=Q(state=Job.State.RUNNING)),
        failed_24h=Count("id", filter=Q(state=Job.State.FAILED, finished_at__gte=since)),
        succeeded_24h=Count("id", filter=Q(state=Job.State.SUCCEEDED, finished_at__gte=since)),
    )
