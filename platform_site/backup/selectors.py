"""The newest runs of each kind: for the admin's page, and for what a worker tells Prometheus."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import Error as DatabaseError
from django.db.models import QuerySet

from platform_site.backup.models import BackupRun


@dataclass(frozen=True, slots=True)
class NewestRuns:
    """What is known of one kind; ``None`` where there was none yet."""

    ended: BackupRun | None
    """The last that ended, however it did."""
    succeeded: BackupRun | None
    running: BackupRun | None
    interval_s: int
    """Seconds within which one is to succeed; 0 where nobody expects any."""

    @property
    def due_by(self) -> datetime | None:
        """When the next is to have succeeded; ``None``: at once, or never where none is due."""
        if not self.interval_s or self.succeeded is None:
            return None
        return self.succeeded.started_at + timedelta(seconds=self.interval_s)


def newest_runs(kind: str) -> NewestRuns:
    """The newest of that kind; an index gives each without looking at the others."""
    return NewestRuns(
        ended=_runs(kind).exclude(outcome=BackupRun.Outcome.RUNNING).first(),
        succeeded=_runs(kind).filter(outcome=BackupRun.Outcome.SUCCEEDED).first(),
        running=_runs(kind).filter(outcome=BackupRun.Outcome.RUNNING).first(),
        interval_s=settings.BACKUP_INTERVALS_S.get(kind, 0),
    )


def runs_report() -> Mapping[str, Any]:
    """What a worker tells of backups: the newest runs by kind, and ``None`` without a database."""
    try:
        runs = {kind: newest_runs(kind) for kind in BackupRun.Kind.values}
    except DatabaseError:
        runs = None
    return {"runs": runs, "recovery_point_objective_s": settings.RECOVERY_POINT_OBJECTIVE_S}


def _runs(kind: str) -> QuerySet[BackupRun]:
    return BackupRun.objects.filter(kind=kind).order_by("-started_at")
