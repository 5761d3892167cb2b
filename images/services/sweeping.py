"""What the scheduler asks for regularly, so that nothing lost stays lost and nothing grows."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import structlog
from django.db.models import QuerySet
from django.utils import timezone

from images.errors import StorageUnavailable
from images.models import Job, WorkerHeartbeat
from images.services.exports import exports_expire
from images.services.figures import figures_count
from images.services.jobs import jobs_requeue_stuck
from images.services.quota import reservations_expire

log = structlog.get_logger(__name__)

HEARTBEAT_KEPT: Final = timedelta(minutes=10)
"""Long enough for the alert `WorkerSilent` (two minutes), and not to repeat it for days."""
JOB_KEPT: Final = timedelta(days=90)
ENDED: Final = (Job.State.SUCCEEDED, Job.State.FAILED, Job.State.CANCELED)


@dataclass(frozen=True, slots=True)
class SweepReport:
    """How many jobs were sent again, reservations given back, old rows and exports removed."""

    jobs: int
    reservations: int
    heartbeats: int
    old_jobs: int
    exports: int


def jobs_sweep() -> SweepReport:
    """Do all of it; doing it twice, or in two processes, does no harm."""
    report = SweepReport(
        jobs=jobs_requeue_stuck(),
        reservations=_asked_of_the_store(reservations_expire),
        heartbeats=_deleted(
            WorkerHeartbeat.objects.filter(last_seen_at__lt=timezone.now() - HEARTBEAT_KEPT)
        ),
        exports=_asked_of_the_store(exports_expire),
        old_jobs=_deleted(
            Job.objects.filter(state__in=ENDED, finished_at__lt=timezone.now() - JOB_KEPT)
        ),
    )
    figures_count()
    if report.jobs or report.reservations:
        log.info("swept", jobs=report.jobs, reservations=report.reservations)
    return report


def _asked_of_the_store(act: Callable[[], int]) -> int:
    try:
        return act()
    except StorageUnavailable:
        return 0  # they are still there at the next sweep


def _deleted(rows: QuerySet[Any]) -> int:
    return rows.delete()[0]
