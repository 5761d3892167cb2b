"""Images, what is made of them, and the work on them.

``owner_id`` is the ``sub`` of a token, not a foreign key.

The row of a job is the truth about it: losing the broker delays a job and loses none.
"""

from typing import Final

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone

from images import indexes
from platform_site.kit.identifiers import uuid7

TITLE_CHARACTERS: Final = 200
TAG_CHARACTERS: Final = 50


class Image(models.Model):
    """One original that someone uploaded.

    ``width`` and ``height`` are those of the upright picture. ``version`` grows with every change
    that a reader can see. An image is in the trash while ``trashed_at`` is set; its state is kept,
    so that it comes back as it was. ``purged`` hides it until the job that deletes it has run.
    """

    class State(models.TextChoices):
        UPLOADED = "uploaded"
        PROCESSING = "processing"
        READY = "ready"
        PARTIALLY_READY = "partially_ready"
        FAILED = "failed"
        PURGED = "purged"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    owner_id = models.UUIDField(db_index=True)
    state = models.CharField(max_length=20, choices=State.choices, default=State.UPLOADED)
    title = models.CharField(max_length=TITLE_CHARACTERS, blank=True, default="")
    filename = models.CharField(max_length=255)
    format = models.CharField(max_length=10)
    mime = models.CharField(max_length=50)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    bytes = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    storage_key = models.CharField(max_length=200)
    placeholder = models.CharField(max_length=600, null=True, blank=True)  # noqa: DJ001 - absent
    has_alpha = models.BooleanField(default=False)
    fallback_format = models.CharField(  # noqa: DJ001 - absent
        max_length=10,
        null=True,
        blank=True,
        help_text="What its presets are made in beside WebP; not known until it is decoded.",
    )
    animated = models.BooleanField(default=False)
    complete = models.BooleanField(
        null=True, help_text="Whether every pixel was there; not known until it is decoded."
    )
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    trashed_at = models.DateTimeField(null=True, blank=True)
    withheld_at = models.DateTimeField(
        null=True, blank=True, help_text="Its owner's account is closed: nothing is served."
    )

    class Meta:
        indexes = indexes.OF_IMAGES
        constraints = [
            # The trash may hold the same bytes any number of times: whoever throws a picture away
            # and uploads it again is not refused. Restoring the older is, while both are there.
            models.UniqueConstraint(
                fields=["owner_id", "sha256"],
                name="images_image_once_per_owner",
                condition=models.Q(trashed_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.filename} ({self.id})"


class Tag(models.Model):
    """One word that the owner put on an image; the order of the rows is the order given.

    ``owner_id`` and ``image_created_at`` repeat the image's, which never change, so that the images
    with a tag are a range of one index. A row of the previous release, which names neither, gets
    them from a trigger of PostgreSQL (migration 0006).
    """

    image = models.ForeignKey(Image, on_delete=models.CASCADE, related_name="tags")
    name = models.CharField(max_length=TAG_CHARACTERS)
    owner_id = models.UUIDField(null=True)
    image_created_at = models.DateTimeField(null=True)

    class Meta:
        indexes = indexes.OF_TAGS
        constraints = [
            models.UniqueConstraint(fields=["image", "name"], name="images_tag_once_per_image"),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def of(cls, image: Image, name: str) -> "Tag":
        """A tag of ``image``, not saved."""
        return cls(
            image=image, name=name, owner_id=image.owner_id, image_created_at=image.created_at
        )


class Rendition(models.Model):
    """One picture made, or to be made, from an original.

    ``spec`` is the canonical text of its operations and names the format. ``checksum`` is the
    SHA-256 of the bytes, empty until they exist.
    """

    class State(models.TextChoices):
        PENDING = "pending"
        READY = "ready"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    image = models.ForeignKey(Image, on_delete=models.CASCADE, related_name="renditions")
    spec = models.CharField(max_length=120)
    preset = models.CharField(max_length=20, null=True, blank=True)  # noqa: DJ001 - absent
    format = models.CharField(max_length=10)
    mime = models.CharField(max_length=50, blank=True, default="")
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    bytes = models.PositiveBigIntegerField(null=True, blank=True)
    checksum = models.CharField(max_length=64, blank=True, default="")
    storage_key = models.CharField(max_length=250)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["image", "spec"], name="images_rendition_once_per_spec"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.spec} of {self.image_id}"


class Job(models.Model):
    """Work for a worker, which holds it by ``dispatch_id`` and ``attempt`` until ``lease_until``.

    ``specs`` lists the canonical specs that a render job makes, or the ids of the images that a
    delete job deletes; a delete job without any deletes all that its owner has. ``open_specs`` are
    those specs whose format follows from the pixels, once a run has seen them. ``deferrals``
    counts the times that an outage put the job off, which is not the job's fault and so not an
    attempt. ``queued_at`` is since when it waits, or did: made, begun again, or put off until then.
    """

    class Kind(models.TextChoices):
        RENDER = "render"
        DELETE = "delete"
        EXPORT = "export"

    class State(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        SUCCEEDED = "succeeded"
        FAILED = "failed"
        CANCELED = "canceled"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    image = models.ForeignKey(Image, on_delete=models.SET_NULL, null=True, related_name="jobs")
    owner_id = models.UUIDField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    specs = models.JSONField(default=list)
    # A default of the database, too: during a roll-out the previous release still inserts rows.
    open_specs = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
    queue = models.CharField(max_length=20)
    attempt = models.PositiveSmallIntegerField(default=0)
    deferrals = models.PositiveIntegerField(default=0)
    dispatch_id = models.UUIDField(null=True, blank=True)
    dispatched_at = models.DateTimeField(null=True, blank=True)
    not_before = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    progress_done = models.PositiveIntegerField(default=0)
    progress_total = models.PositiveIntegerField(default=0)
    progress_step = models.CharField(max_length=150, blank=True, default="")
    error_code = models.CharField(max_length=50, blank=True, default="")
    error_detail = models.CharField(max_length=500, blank=True, default="")
    result = models.JSONField(null=True, blank=True)
    request_id = models.CharField(max_length=64, blank=True, default="")
    created_at = models.DateTimeField(default=timezone.now)
    queued_at = models.DateTimeField(default=timezone.now, db_default=Now())
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = indexes.OF_JOBS

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


ACTIVE_STATES = (Job.State.QUEUED, Job.State.RUNNING)


class Usage(models.Model):
    """The bytes of an owner's originals; ``reserved_bytes`` are those of uploads that arrive."""

    owner_id = models.UUIDField(primary_key=True)
    bytes = models.PositiveBigIntegerField(default=0)
    reserved_bytes = models.PositiveBigIntegerField(default=0)
    images = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = "usage"

    def __str__(self) -> str:
        return f"{self.images} images of {self.owner_id}"


class Figure(models.Model):
    """A number about everybody's rows in one hour (UTC), which the sweeper counts.

    Whoever asks for the status reads a few of these, and nobody counts all jobs for them.
    """

    class Kind(models.TextChoices):
        SUCCEEDED = "succeeded"
        FAILED = "failed"
        STORED_BYTES = "stored_bytes"
        STORED_IMAGES = "stored_images"

    kind = models.CharField(max_length=20, choices=Kind.choices)
    hour = models.DateTimeField()
    value = models.PositiveBigIntegerField()
    counted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["hour", "kind"], name="images_figure_once_an_hour"),
        ]

    def __str__(self) -> str:
        return f"{self.value} {self.kind} in the hour of {self.hour}"


class Reservation(models.Model):
    """Quota reserved for an upload that arrives; the id is the one that the image will have.

    A process that dies halfway leaves its row, so the sweeper can release the quota and delete
    the object that nobody owns. One of 0 bytes holds no quota: it is what is left of an upload that
    was refused while the store may have kept its object.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    owner_id = models.UUIDField()
    bytes = models.PositiveBigIntegerField()
    created_at = models.DateTimeField(default=timezone.now, db_index=True)
    unsure_since = models.DateTimeField(
        null=True,
        help_text="Since when nobody knows whether the store has the object; empty once that was "
        "deleted.",
    )

    def __str__(self) -> str:
        return f"{self.bytes} bytes for {self.owner_id}"


class WorkerHeartbeat(models.Model):
    """The last sign of life of a worker process."""

    name = models.CharField(max_length=255, primary_key=True)
    started_at = models.DateTimeField()
    last_seen_at = models.DateTimeField(db_index=True)
    concurrency = models.PositiveSmallIntegerField()
    version = models.CharField(max_length=50)
    queues = models.JSONField(default=list)

    def __str__(self) -> str:
        return self.name
