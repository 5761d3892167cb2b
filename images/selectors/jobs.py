"""Reads of jobs."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db.models import Count, QuerySet
from django.utils import timezone

from images.apps import ImagesConfig
from images.errors import JobNotFound
from images.models import ACTIVE_STATES, Job
from platform_site.kit.rest.pagination import Edge, Page, page_by, windowed
from platform_site.kit.statements import Statement


class JobRow(NamedTuple):
    """All that an answer shows of a job: fields of `Job`."""

    id: UUID
    image_id: UUID | None
    kind: str
    state: str
    specs: list[str]
    attempt: int
    progress_done: int
    progress_total: int
    progress_step: str
    error_code: str
    error_detail: str
    result: dict[str, Any] | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


def job_row(*, job_id: UUID, owner_id: UUID) -> JobRow:
    """The job as it is shown, if ``owner_id`` owns it. Raises `JobNotFound`."""
    found = next(_ROW.tuples(job_id=job_id, owner_id=owner_id), None)
    if found is None:
        raise JobNotFound
    return JobRow._make(found)


def job_is_over(*, job_id: UUID) -> bool:
    """Whether nothing more will happen to the job, or it is gone."""
    return next(_STATE.tuples(job_id=job_id), None) not in {(state,) for state in ACTIVE_STATES}


def jobs_paged(
    *,
    owner_id: UUID,
    image_id: UUID | None,
    states: Iterable[str],
    limit: int,
    cursor: str | None,
) -> Page[JobRow]:
    """A page of `jobs_of_owner`, newest first. Raises as `page_by`."""
    wanted = tuple(dict.fromkeys(states))

    def window(*, edge: Edge | None, backwards: bool, count: int) -> list[JobRow]:
        found = _PAGE.tuples(
            owner_id=owner_id,
            image_id=image_id,
            states=wanted,
            edge=edge,
            backwards=backwards,
            at_most=count,
        )
        return list(map(JobRow._make, found))

    return page_by(window, limit=limit, cursor=cursor)


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
    times = waiting.order_by("queued_at").values_list("queued_at", flat=True)
    found = {queue: times.filter(queue=queue).first() for queue in ImagesConfig.queues}
    return {queue: since for queue, since in found.items() if since is not None}


def jobs_under_way() -> dict[str, int]:
    """How many jobs wait, and how many run."""
    active = Job.objects.filter(state__in=ACTIVE_STATES)
    counts = dict(active.values_list("state").annotate(jobs=Count("*")))
    return {str(state): counts.get(state, 0) for state in ACTIVE_STATES}


def _page(
    owner_id: UUID,
    image_id: UUID | None,
    states: tuple[str, ...],
    edge: Edge | None,
    backwards: bool,  # noqa: FBT001 - a value of the statement
) -> QuerySet[Job, Any]:
    found = jobs_of_owner(owner_id=owner_id, image_id=image_id, states=states)
    return windowed(found, edge=edge, backwards=backwards).values_list(*JobRow._fields)


_PAGE: Final = Statement(_page)
_STATE: Final = Statement(lambda job_id: Job.objects.filter(id=job_id).values_list("state"))
_ROW: Final = Statement(
    lambda job_id, owner_id: Job.objects.filter(id=job_id, owner_id=owner_id).values_list(
        *JobRow._fields
    )
)
