"""What a worker does with a message: claims its job, carries it out, says how it ended."""

from collections.abc import Callable, Mapping
from typing import Final
from uuid import UUID

import structlog
from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import Error as DatabaseError

from images import metrics
from images.errors import StorageUnavailable
from images.job_errors import TIME_LIMIT_EXCEEDED, WORKER_CRASHED
from images.models import Job
from images.services.deletion import delete_run
from images.services.export_job import export_run
from images.services.job_lease import (
    Run,
    RunInterrupted,
    RunSuperseded,
    lease_kept,
    run_claim,
    run_defer,
    run_fail,
)
from images.services.render_job import render_run
from platform_site.kit.database import is_lost
from platform_site.kit.telemetry.request_context import bind

log = structlog.get_logger(__name__)

CARRIED_OUT_BY: Final[Mapping[str, Callable[[Run], None]]] = {
    Job.Kind.RENDER: render_run,
    Job.Kind.DELETE: delete_run,
    Job.Kind.EXPORT: export_run,
}


def job_run(*, job_id: UUID, dispatch_id: UUID, interruption: int | None = None) -> None:
    """Carry out the job if the message ``dispatch_id`` still holds it; else do nothing.

    May be called any number of times for one message. A job ends once: a run that others have
    superseded stops at its next write. Raises `RunInterrupted` when the database is lost, after
    which the message is to be tried again with what that brings.
    """
    run: Run | None = None
    try:
        run = run_claim(job_id=job_id, dispatch_id=dispatch_id, interruption=interruption)
        if run is None:
            log.info("message_stale", job_id=str(job_id))
            return
        with bind(run.job.request_id):
            _run(run)
    except DatabaseError as exc:
        if not is_lost(exc):
            raise
        log.warning("run_interrupted", job_id=str(job_id), error=type(exc).__name__)
        raise RunInterrupted(run.job.deferrals if run is not None else interruption) from exc


def _run(run: Run) -> None:
    try:
        _carried_out(run)
    except RunSuperseded:
        metrics.JOBS_TOTAL.labels(run.job.kind, "superseded").inc()
        log.info("run_superseded", job_id=str(run.job.id), attempt=run.attempt)


def _carried_out(run: Run) -> None:
    # Counted before the work and not after it: a worker that the kernel kills writes nothing down.
    if run.attempt > settings.JOB_MAX_ATTEMPTS:
        tries = settings.JOB_MAX_ATTEMPTS
        run_fail(run, WORKER_CRASHED, detail=f"The worker died {tries} times on this job.")
        return
    log.info("job_started", job_id=str(run.job.id), kind=run.job.kind, attempt=run.attempt)
    try:
        # Outages are caught outside, so that the lease is not renewed while the job is put off.
        with lease_kept(run):
            CARRIED_OUT_BY[run.job.kind](run)
    except StorageUnavailable:
        run_defer(run, step="waiting for the object store")
    except SoftTimeLimitExceeded:
        if run.job.kind == Job.Kind.RENDER:
            run_fail(run, TIME_LIMIT_EXCEEDED)
        else:  # the next run continues where it stopped
            run_defer(run, step="to be continued")
