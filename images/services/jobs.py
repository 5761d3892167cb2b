"""The life of a job outside of a worker: made, sent, canceled, tried again, found when lost."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Final
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone

from images import metrics, queue
from images.errors import JobNotCancelable, JobNotRetryable
from images.job_ends import told
from images.models import ACTIVE_STATES, Image, Job, Rendition
from images.selectors.jobs import job_for_owner
from images.services.image_state import image_settle, renditions_expect
from images.services.job_lease import Run
from platform_site.kit.identifiers import uuid7
from platform_site.kit.telemetry.request_context import current_request_id

log = structlog.get_logger(__name__)

SWEEP_ROWS: Final = 500


def job_create(
    *,
    kind: Job.Kind,
    owner_id: UUID,
    image: Image | None,
    specs: Sequence[str] = (),
    open_specs: Sequence[str] = (),
) -> Job:
    """Make a job and send it once the transaction in hand has committed."""
    job = Job.objects.create(
        kind=kind,
        owner_id=owner_id,
        image=image,
        specs=list(specs),
        open_specs=list(open_specs),
        queue=queue.queue_for(kind, specs),
        progress_total=len(specs),
        request_id=current_request_id(),
        dispatch_id=uuid7(),
        dispatched_at=timezone.now(),
    )
    transaction.on_commit(partial(_send, job))
    return job


def job_dispatch(*, job: Job) -> bool:
    """Send ``job`` anew under a new dispatch id; false when it has moved on since it was read.

    The id that is replaced is named, so that of two senders only one sends. A running job goes
    back to queued: whoever ran it under the old id is fenced out.
    """
    dispatch_id, now = uuid7(), timezone.now()
    waits_anew = {"queued_at": now} if job.state == Job.State.RUNNING else {}
    unmoved = Job.objects.filter(
        id=job.id, state=job.state, dispatch_id=job.dispatch_id, lease_until=job.lease_until
    )
    moved = unmoved.update(
        state=Job.State.QUEUED,
        dispatch_id=dispatch_id,
        dispatched_at=now,
        lease_until=None,
        not_before=None,
        **waits_anew,
    )
    if moved:
        job.state, job.dispatch_id = Job.State.QUEUED, dispatch_id
        _send(job)
    return bool(moved)


def job_yield(run: Run) -> None:
    """Send the job of ``run`` anew, behind those that wait: it has got on, and is not over.

    What it got on with was no failure, so all its attempts are left. Raises `RunSuperseded`.
    """
    job, now = run.job, timezone.now()
    job.dispatch_id = uuid7()
    run.write(
        state=Job.State.QUEUED,
        attempt=0,
        dispatch_id=job.dispatch_id,
        dispatched_at=now,
        queued_at=now,
        lease_until=None,
    )
    metrics.JOBS_TOTAL.labels(job.kind, "yielded").inc()
    _send(job)


def job_cancel(*, job_id: UUID, owner_id: UUID) -> Job:
    """Cancel a render job; what it has made stays. Raises `JobNotFound` or `JobNotCancelable`."""
    job = job_for_owner(job_id=job_id, owner_id=owner_id)
    with transaction.atomic():
        stopped = Job.objects.filter(
            id=job.id, kind=Job.Kind.RENDER, state__in=ACTIVE_STATES
        ).update(
            state=Job.State.CANCELED,
            finished_at=timezone.now(),
            lease_until=None,
            progress_step=told("canceled"),
        )
        if not stopped:
            raise JobNotCancelable
        _expectations_drop(job)
    metrics.JOBS_TOTAL.labels(job.kind, "canceled").inc()
    log.info("job_canceled", job_id=str(job.id))
    return job_for_owner(job_id=job_id, owner_id=owner_id)


def job_retry(*, job_id: UUID, owner_id: UUID) -> Job:
    """Begin an ended job again, with all its attempts. Raises `JobNotFound`, `JobNotRetryable`."""
    job = job_for_owner(job_id=job_id, owner_id=owner_id)
    if job.kind == Job.Kind.EXPORT:
        raise JobNotRetryable("Ask for a new export.")
    if job.kind == Job.Kind.RENDER:
        _image_check(job)
    with transaction.atomic():
        begun = Job.objects.filter(
            id=job.id, state__in=(Job.State.FAILED, Job.State.CANCELED)
        ).update(
            state=Job.State.QUEUED,
            attempt=0,
            deferrals=0,
            dispatch_id=uuid7(),
            dispatched_at=timezone.now(),
            queued_at=timezone.now(),
            not_before=None,
            lease_until=None,
            progress_done=0,
            progress_step="",
            error_code="",
            error_detail="",
            result=None,
            started_at=None,
            finished_at=None,
        )
        if not begun:
            raise JobNotRetryable
        job = job_for_owner(job_id=job_id, owner_id=owner_id)
        if job.image_id is not None and job.kind == Job.Kind.RENDER:
            renditions_expect(image_id=job.image_id, specs=job.specs)
            image_settle(image_id=job.image_id)
        transaction.on_commit(partial(_send, job))
    log.info("job_retried", job_id=str(job.id))
    return job


def jobs_requeue_stuck() -> int:
    """Send again what the broker or a worker lost; how many.

    A job whose lease has run out has lost its worker. One that waits is sent again when it was
    never taken by the broker, when its time has come after an outage, or when the broker holds
    fewer messages than there are jobs that wait. So a long but healthy queue is left alone, save
    when a worker holds a message and has not claimed its job yet; a second message does no harm.
    """
    now = timezone.now()
    waiting = Q(state=Job.State.QUEUED) & (Q(not_before=None) | Q(not_before__lte=now))
    old = now - timedelta(seconds=settings.JOB_REQUEUE_AFTER_S)
    groups = {
        "lease_expired": Q(state=Job.State.RUNNING, lease_until__lt=now),
        "not_sent": waiting & Q(dispatched_at=None),
        "message_lost": waiting & Q(dispatched_at__lt=old, queue__in=_short_queues()),
    }
    sent = 0
    for reason, condition in groups.items():
        for job in Job.objects.filter(condition).order_by("created_at")[:SWEEP_ROWS]:
            if job_dispatch(job=job):
                sent += 1
                metrics.REQUEUED_TOTAL.labels(reason).inc()
                log.info("job_requeued", job_id=str(job.id), reason=reason, attempt=job.attempt)
    return sent


def _short_queues() -> list[str]:
    """The queues that hold fewer messages than jobs wait for them, so some have been lost."""
    depths = queue.depths()
    if depths is None:  # unknown is not empty: sending everything again would flood the broker
        return []
    rows = Job.objects.filter(state=Job.State.QUEUED, dispatched_at__isnull=False)
    waiting = rows.values("queue").annotate(jobs=Count("id"))
    return [row["queue"] for row in waiting if depths.get(row["queue"], 0) < row["jobs"]]


def _send(job: Job) -> None:
    if job.dispatch_id is None:
        raise ValueError("A job is sent under a dispatch id.")
    # A broker that is down is no failure of the request: the row is there, and without a time of
    # dispatch the sweeper sends it as soon as it looks.
    if not queue.job_send(
        kind=job.kind, job_id=job.id, dispatch_id=job.dispatch_id, queue=job.queue
    ):
        Job.objects.filter(id=job.id, dispatch_id=job.dispatch_id, state=Job.State.QUEUED).update(
            dispatched_at=None
        )


def _image_check(job: Job) -> None:
    image = Image.objects.filter(id=job.image_id).first() if job.image_id else None
    if image is None or image.trashed_at is not None:
        raise JobNotRetryable("The image of this job is gone.")


def _expectations_drop(job: Job) -> None:
    if job.image_id is None:
        return
    # Another job may make some of them, too; those are still expected.
    active = Job.objects.filter(image_id=job.image_id, state__in=ACTIVE_STATES).exclude(id=job.id)
    still_made = {spec for specs in active.values_list("specs", flat=True) for spec in specs}
    Rendition.objects.filter(
        image_id=job.image_id,
        state=Rendition.State.PENDING,
        spec__in=set(job.specs) - still_made,
    ).delete()
    image_settle(image_id=job.image_id)
