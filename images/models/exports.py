"""The archives of all that a person has, and what stands in each."""

from uuid import UUID

from django.db import models
from django.db.models import Index, Q
from django.utils import timezone

from images.models.library import Job
from platform_site.kit.identifiers import uuid7


def archive_key(export_id: UUID) -> str:
    """Where the store has the archive of an export."""
    return f"exports/{export_id}.zip"


class Export(models.Model):
    """An archive of all that ``owner_id`` has, made by ``job`` part by part.

    ``parts`` are those that the store has: what the store calls it, and its SHA-256. ``bytes`` is
    how long they are together, and ``last_image`` the last of which the original is in them: a run
    that dies loses the part in hand and no other. ``account`` is what auth told of the account, as
    JSON, until the archive is there.
    """

    class State(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        READY = "ready"
        FAILED = "failed"
        EXPIRED = "expired"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    owner_id = models.UUIDField()
    job = models.OneToOneField(Job, on_delete=models.CASCADE, related_name="export")
    account = models.TextField(blank=True, default="")
    upload_id = models.CharField(max_length=1024, blank=True, default="")
    parts = models.JSONField(default=list)
    bytes = models.PositiveBigIntegerField(default=0)
    last_image = models.UUIDField(null=True)
    checksum = models.CharField(max_length=64, blank=True, default="")
    created_at = models.DateTimeField(default=timezone.now)
    ready_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True, help_text="When nobody can fetch it any more.")
    withheld_at = models.DateTimeField(null=True, help_text="Its owner's account is closed.")
    removed_at = models.DateTimeField(null=True, help_text="Its objects are gone.")

    class Meta:
        indexes = [
            Index(fields=["owner_id", "created_at"], name="images_export_of_owner"),
            Index(fields=["ready_at", "id"], name="images_export_ready"),
            Index(
                fields=["expires_at"],
                name="images_export_kept",
                condition=Q(removed_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"export {self.id}"

    @property
    def state(self) -> "Export.State":
        """What its job has made of it; it ends as expired, however it went."""
        if self.removed_at is not None and self.ready_at is not None:
            return self.State.EXPIRED
        if self.job.state == Job.State.SUCCEEDED:
            ended = self.expires_at is None or self.expires_at <= timezone.now()
            return self.State.EXPIRED if ended else self.State.READY
        if self.job.state in {Job.State.QUEUED, Job.State.RUNNING}:
            return self.State(self.job.state)
        return self.State.FAILED


class ExportEntry(models.Model):
    """One file in an archive, by the words of its central directory; in the order of the ids.

    ``image_id`` and ``sha256`` are of the original that it is.
    """

    export = models.ForeignKey(Export, on_delete=models.CASCADE, related_name="entries")
    name = models.CharField(max_length=100)
    header_offset = models.PositiveBigIntegerField()
    method = models.PositiveSmallIntegerField()
    size = models.PositiveBigIntegerField()
    compressed = models.PositiveBigIntegerField()
    crc = models.PositiveBigIntegerField()
    written_at = models.DateTimeField()
    image_id = models.UUIDField(null=True)
    sha256 = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        verbose_name_plural = "export entries"
        indexes = [Index(fields=["export", "image_id"], name="images_export_entry_of_image")]

    def __str__(self) -> str:
        return self.name
