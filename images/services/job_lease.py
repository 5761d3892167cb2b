"""One run of a job by a worker, from claim to end, fenced so that a run that was lost cannot write.

A run holds its job by dispatch id and attempt. Every write names both; when another run has taken
over, the write touches nothing and the run stops.
"""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import structlog
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from images import metrics
from images.job_ends import told
from images.job_errors import FailureReason
from images.models import Job, Rendition
from images.services.image_state import MadeRendition, image_settle, renditions_write

log = structlog.get_logger(__name__)

DEFERRAL_FIRST_S: Final = 5
DEFERRAL_LONGEST_S: Final = 300


class RunSuperseded(Exception):
    """Another run holds the job, or the job has ended: whatever this one does is void."""


class RunInterrupted(Exception):
    """The database was lost before the job had ended: the same message is to be tried again.

    ``interruption`` is to be given to the next claim; ``None`` when nothing had been claimed.
    """

    def __init__(self, interruption: int | None) -> None:
        super().__init__("The database gives no answer.")
        self.interruption = interruption


@dataclass(frozen=True, slots=True)
class Run:
    """A hold on a job."""

    job: Job
    dispatch_id: UUID
    attempt: int

    def row(self) -> QuerySet[Job]:
        """The job's row while this run holds it, else nothing."""
        return Job.objects.filter(
            id=self.job.id,
            dispatch_id=self.dispatch_id,
            attempt=self.attempt,
            state=Job.State.RUNNING,
        )

    def write(self, **changes: Any) -> None:
        """Change the job's row. Raises `RunSuperseded`."""
        if not self.row().update(**changes):
            raise RunSuperseded


def run_claim(*, job_id: UUID, dispatch_id: UUID, interruption: int | None = None) -> Run | None:
    """Take the job for the message ``dispatch_id``; ``None`` when there is nothing to do for it.

    A job that waits goes to whichever message comes first. A running one goes to the message that
    it runs under only: the broker gives a message out again when the earlier run of it is dead.
    ``interruption`` is what a run that lost the database left (`RunInterrupted`): to go on from
    there spends no attempt, once.
    """
    now = timezone.now()
    waits = Q(state=Job.State.QUEUED) & (Q(not_before=None) | Q(not_before__lte=now))
    died = Q(state=Job.State.RUNNING, dispatch_id=dispatch_id)
    offered = Job.objects.select_related("image").filter(waits | died, id=job_id)
    while (job := offered.first()) is not None:
        if _claimed(job, dispatch_id, interruption, now):
            break
    else:
        return None
    if job.attempt == 1:
        waited_s = (now - job.queued_at).total_seconds()
        metrics.QUEUE_WAIT_SECONDS.labels(job.queue).observe(max(0.0, waited_s))
    return Run(job, dispatch_id, job.attempt)


def _claimed(job: Job, dispatch_id: UUID, interruption: int | None, now: datetime) -> bool:
    """Take ``job`` as it was read; false when it has moved on since.

    One UPDATE decides who has the job, so two workers with one message need no lock.
    """
    goes_on = int(job.state == Job.State.RUNNING and job.deferrals == interruption)
    unmoved = Job.objects.filter(
        id=job.id,
        state=job.state,
        dispatch_id=job.dispatch_id,
        attempt=job.attempt,
        deferrals=job.deferrals,
    )
    job.attempt += 1 - goes_on
    job.deferrals += goes_on
    if job.kind == Job.Kind.RENDER:
        job.progress_step = "decoding"
    return bool(
        unmoved.update(
            state=Job.State.RUNNING,
            dispatch_id=dispatch_id,
            attempt=job.attempt,
            deferrals=job.deferrals,
            lease_until=_lease_end(),
            started_at=job.started_at or now,
            not_before=None,
            progress_step=job.progress_step,
        )
    )


def run_succeed(
    run: Run,
    *,
    result: dict[str, Any],
    made: Sequence[MadeRendition] = (),
    **of_image: object,
) -> None:
    """End the job as succeeded and settle its image. Raises `RunSuperseded`.

    ``made`` are the renditions that are stored and not written down yet, and ``of_image`` what the
    run has found out about its image.
    """
    with transaction.atomic():
        run.write(
            state=Job.State.SUCCEEDED,
            result=result,
            finished_at=timezone.now(),
            lease_until=None,
            progress_done=F("progress_total"),
            progress_step=told("done"),
        )
        if run.job.image_id is not None:
            renditions_write(image_id=run.job.image_id, made=made)
            image_settle(image_id=run.job.image_id, **of_image)
    metrics.JOBS_TOTAL.labels(run.job.kind, "succeeded").inc()
    log.info("job_succeeded", job_id=str(run.job.id), attempt=run.attempt)


def run_fail(run: Run, error: FailureReason, *, detail: str = "") -> None:
    """End the job as failed, and with it the renditions that it has not made; the others stay.

    ``detail`` says more than the error itself does. Raises `RunSuperseded`.
    """
    with transaction.atomic():
        run.write(
            state=Job.State.FAILED,
            error_code=error.code,
            error_detail=(detail or error.detail)[:500],
            finished_at=timezone.now(),
            lease_until=None,
            progress_step=told("failed"),
        )
        # The renditions that are ready stay: a picture with some of its sizes is better than none.
        if run.job.kind == Job.Kind.RENDER and run.job.image_id is not None:
            Rendition.objects.filter(
                image_id=run.job.image_id, spec__in=run.job.specs, state=Rendition.State.PENDING
            ).update(state=Rendition.State.FAILED)
            image_settle(image_id=run.job.image_id)
    metrics.JOBS_TOTAL.labels(run.job.kind, "failed").inc()
    log.warning("job_failed", job_id=str(run.job.id), code=error.code)


def run_defer(run: Run, *, step: str) -> None:
    """Put the job off, longer each time, for a reason that is not its fault: no attempt is spent.

    The sweeper sends it when its time has come. Raises `RunSuperseded`.
    """
    delay_s = min(DEFERRAL_LONGEST_S, DEFERRAL_FIRST_S * 2 ** min(run.job.deferrals, 10))
    due = timezone.now() + timedelta(seconds=delay_s)
    run.write(
        state=Job.State.QUEUED,
        attempt=F("attempt") - 1,
        deferrals=F("deferrals") + 1,
        dispatch_id=None,
        dispatched_at=None,
        lease_until=None,
        not_before=due,
        queued_at=due,
        progress_step=step,
    )
    metrics.JOBS_TOTAL.labels(run.job.kind, "deferred").inc()
    log.warning("job_deferred", job_id=str(run.job.id), delay_s=delay_s)


@contextmanager
def lease_kept(run: Run) -> Iterator[None]:
    """Renew the lease while the block runs, from a thread with a connection of its own.

    The first renewal comes after a quarter of the lease, so a short job never opens it.
    """
    ended = threading.Event()
    keeper = threading.Thread(target=_lease_keep, args=(run, ended), daemon=True, name="lease")
    keeper.start()
    started = time.monotonic()
    try:
        yield
    finally:
        ended.set()
        keeper.join()
        metrics.JOB_SECONDS.labels(run.job.kind).observe(time.monotonic() - started)


def _lease_keep(run: Run, ended: threading.Event) -> None:
    while not ended.wait(settings.JOB_LEASE_S / 4):
        try:
            held = run.row().update(lease_until=_lease_end())
        except DatabaseError as exc:
            log.warning("lease_not_renewed", job_id=str(run.job.id), error=type(exc).__name__)
            held = 1  # unknown: if another run took over meanwhile, the next write finds out
        finally:
            connection.close()  # this thread's own: used for one write, then idle
        if not held:
            return


def _lease_end() -> Any:
    return timezone.now() + timedelta(seconds=settings.JOB_LEASE_S)
