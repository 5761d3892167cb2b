"""The newest runs of each kind: for the admin's page, and for what a worker tells Prometheus."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import Error as DatabaseError
from django.db.models import QuerySet
from django.utils import timezone

from platform_site.backup.models import RecordedRun


@dataclass(frozen=True, slots=True)
class NewestRuns:
    """What is known of one kind; ``None`` where there was none yet."""

    ended: RecordedRun | None
    """The last that ended, however it did."""
    succeeded: RecordedRun | None
    running: RecordedRun | None
    interval_s: int
    """Seconds within which one is to succeed; 0 where nobody expects any."""

    @property
    def due_by(self) -> datetime | None:
        """When the next is to have succeeded; ``None``: at once, or never where none is due."""
        if not self.interval_s or self.succeeded is None:
            return None
        return self.succeeded.started_at + timedelta(seconds=self.interval_s)

    @property
    def is_late(self) -> bool:
        """Whether the next should have succeeded by now, with a quarter of its time to spare."""
        if self.due_by is None:
            return False
        return timezone.now() - self.due_by > timedelta(seconds=self.interval_s / 4)


def newest_runs(kind: str) -> NewestRuns:
    """The newest of that kind; an index gives each without looking at the others."""
    return NewestRuns(
        ended=_runs(kind).exclude(outcome=RecordedRun.Outcome.RUNNING).first(),
        succeeded=_runs(kind).filter(outcome=RecordedRun.Outcome.SUCCEEDED).first(),
        running=_runs(kind).filter(outcome=RecordedRun.Outcome.RUNNING).first(),
        interval_s=settings.BACKUP_INTERVALS_S.get(kind, 0),
    )


def runs_report() -> Mapping[str, Any]:
    """What a worker tells of backups: the newest runs by kind, and ``None`` without a database."""
    try:
        runs = {kind: newest_runs(kind) for kind in RecordedRun.Kind.values}
    except DatabaseError:
        runs = None
    return {"runs": runs, "recovery_point_objective_s": settings.RECOVERY_POINT_OBJECTIVE_S}


def _runs(kind: str) -> QuerySet[RecordedRun]:
    return RecordedRun.objects.filter(kind=kind).order_by("-started_at")
