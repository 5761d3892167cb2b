"""What was backed up, rehearsed and restored, one row a run.

The rows are for people and for Prometheus. A restore brings the table back as it was when the
backup was made, so the truth is the reports beside the backups (`platform_site.backup.runs`).
"""

from typing import ClassVar

from django.db import models
from django.utils import timezone

from platform_site.kit.identifiers import uuid7


class RecordedRun(models.Model):
    """One run. A number that the run did not come to is ``None``, which is not 0."""

    class Kind(models.TextChoices):
        """What was run."""

        BACKUP = "backup", "backup"
        REHEARSAL = "rehearsal", "rehearsal"
        RESTORE = "restore", "restore"

    class Outcome(models.TextChoices):
        """How it ended."""

        RUNNING = "running", "running"
        SUCCEEDED = "succeeded", "succeeded"
        FAILED = "failed", "failed"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    outcome = models.CharField(max_length=20, choices=Outcome.choices, default=Outcome.RUNNING)
    started_at = models.DateTimeField("began", default=timezone.now)
    ended_at = models.DateTimeField("ended", null=True)
    reason = models.CharField("why it failed", max_length=500, blank=True)
    release = models.CharField("by release", max_length=64, blank=True)
    backup = models.CharField(max_length=200, blank=True)
    position = models.CharField("position of the database", max_length=200, blank=True)
    recovers_to = models.DateTimeField(null=True)
    rows = models.BigIntegerField(null=True)
    objects_total = models.BigIntegerField("objects", null=True)
    bytes_total = models.BigIntegerField("bytes", null=True)
    objects_checked = models.BigIntegerField("objects of which the hash was compared", null=True)
    recovery_point_s = models.FloatField("recovery point (RPO), seconds", null=True)
    recovery_time_s = models.FloatField("recovery time (RTO), seconds", null=True)

    class Meta:
        db_table = "backup_run"
        verbose_name = "run"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["kind", "outcome", "-started_at"], name="backup_run_by_kind"),
            models.Index(fields=["-started_at", "-id"], name="backup_run_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.started_at:%Y-%m-%d %H:%M}"

    @property
    def seconds(self) -> float | None:
        """How long it took; ``None`` while it runs."""
        return (self.ended_at - self.started_at).total_seconds() if self.ended_at else None

    @property
    def checked_ratio(self) -> float | None:
        """Share of the objects of which the hash was compared; ``None`` where none was."""
        if self.objects_checked is None or self.objects_total is None:
            return None
        return self.objects_checked / self.objects_total if self.objects_total else 1.0
