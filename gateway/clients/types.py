"""What the other roles answer, as they answer it: paths without a host, times in UTC."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, get_args
from uuid import UUID

ImageState = Literal["uploaded", "processing", "ready", "partially_ready", "failed", "trashed"]
RenditionState = Literal["pending", "ready", "failed"]
JobState = Literal["queued", "running", "succeeded", "failed", "canceled"]
JobKind = Literal["render", "delete"]
ImageAction = Literal["trash", "restore", "delete", "add_tags"]
Fit = Literal["inside", "cover"]
InputFormat = Literal["jpeg", "png", "gif", "webp", "avif", "tiff", "bmp", "heic"]
OutputFormat = Literal["jpeg", "png", "webp", "avif"]
# By these values the OpenAPI document finds the names of its enums (ENUM_NAME_OVERRIDES).
IMAGE_STATES, JOB_STATES, JOB_KINDS = get_args(ImageState), get_args(JobState), get_args(JobKind)
INPUT_FORMATS, OUTPUT_FORMATS = get_args(InputFormat), get_args(OutputFormat)


@dataclass(frozen=True, slots=True)
class Operations:
    """What is done to the picture; ``None`` leaves that to the picture or to the format."""

    width: int | None = None
    height: int | None = None
    fit: Fit | None = None
    format: OutputFormat | None = None
    quality: int | None = None


@dataclass(frozen=True, slots=True)
class StoredRendition:
    """One derived file. ``path`` is signed and expires; ``None`` until it is ready."""

    id: UUID
    spec: str
    preset: str | None
    ops: Operations
    format: OutputFormat
    width: int | None
    height: int | None
    bytes: int | None
    state: RenditionState
    path: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class JobBrief:
    """The job that an image waits for."""

    id: UUID
    state: JobState


@dataclass(frozen=True, slots=True)
class StoredImage:
    """One image; ``original_path`` is signed and expires."""

    id: UUID
    state: ImageState
    title: str
    tags: list[str]
    filename: str
    format: InputFormat
    width: int
    height: int
    bytes: int
    sha256: str
    placeholder: str | None
    animated: bool
    created_at: datetime
    updated_at: datetime
    trashed_at: datetime | None
    renditions: list[StoredRendition]
    original_path: str | None
    job: JobBrief | None = None
    has_alpha: bool = False
    complete: bool | None = None


@dataclass(frozen=True, slots=True)
class JobProgress:
    """``done`` of ``total`` steps; ``step`` names the one in hand."""

    done: int
    total: int
    step: str = ""


@dataclass(frozen=True, slots=True)
class JobError:
    """Why a job failed; ``code`` is stable."""

    code: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of background work. ``image_id`` is ``None`` once the image is gone."""

    id: UUID
    image_id: UUID | None
    kind: JobKind
    state: JobState
    progress: JobProgress
    attempt: int
    error: JobError | None
    result: dict[str, Any] | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @property
    def is_over(self) -> bool:
        """Nothing more will happen to it."""
        return self.state in {"succeeded", "failed", "canceled"}


@dataclass(frozen=True, slots=True)
class StoredUpload:
    """The answer to an upload. ``job`` is ``None`` when a duplicate has nothing left to do."""

    image: StoredImage
    job: Job | None
    duplicate: bool = False


@dataclass(frozen=True, slots=True)
class StoredRenditions:
    """The answer to a request for a rendition. ``job`` is ``None`` when it exists already."""

    image: StoredImage
    job: Job | None
    renditions: list[StoredRendition]


@dataclass(frozen=True, slots=True)
class DeletionStarted:
    """The job that deletes an image for good, and lists what it deleted."""

    job: Job


@dataclass(frozen=True, slots=True)
class ImageCount:
    """How many images a list with the same filters has."""

    count: int


@dataclass(frozen=True, slots=True)
class SkippedImages:
    """How many images could not be changed, by the ``code`` of the refusal."""

    code: str
    count: int


@dataclass(frozen=True, slots=True)
class ImagesChanged:
    """What became of a selection of ``matched`` images.

    ``remaining`` are still to be changed: send the same again. All images that one call moved to
    the trash have this ``trashed_at``, by which they can be restored. ``job`` deletes for good.
    """

    matched: int
    changed: int
    skipped: list[SkippedImages]
    remaining: int
    trashed_at: datetime | None
    job: Job | None


@dataclass(frozen=True, slots=True)
class ImagePage:
    """A page of images with the cursors of its neighbours; ``None`` at either end."""

    results: list[StoredImage]
    next_cursor: str | None = None
    previous_cursor: str | None = None


@dataclass(frozen=True, slots=True)
class JobPage:
    """A page of jobs with the cursors of its neighbours; ``None`` at either end."""

    results: list[Job]
    next_cursor: str | None = None
    previous_cursor: str | None = None


@dataclass(frozen=True, slots=True)
class RenditionList:
    """All renditions of one image."""

    results: list[StoredRendition]


@dataclass(frozen=True, slots=True)
class Preset:
    """A named size: the picture fits inside the box and is never enlarged."""

    name: str
    width: int
    height: int
    fit: Fit
    formats: list[OutputFormat]


@dataclass(frozen=True, slots=True)
class PresetList:
    """All presets."""

    results: list[Preset]


@dataclass(frozen=True, slots=True)
class Usage:
    """Bytes stored and reserved, images held, and how many bytes all and one file may have."""

    bytes: int
    reserved_bytes: int
    images: int
    limit_bytes: int
    upload_max_bytes: int


@dataclass(frozen=True, slots=True)
class Profile:
    """Who the caller is, by auth's account."""

    id: UUID
    email: str
    name: str
    is_staff: bool
    created_at: datetime
    deletion_due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AccountClosed:
    """Auth's answer to the end of an account; ``images_token`` has images withhold all of it."""

    deletes_at: datetime
    images_token: str


@dataclass(frozen=True, slots=True)
class AccountRestored:
    """Auth's answer to the way back; ``images_token`` has images serve all of it again."""

    images_token: str


@dataclass(frozen=True, slots=True)
class QueueStatus:
    """Jobs waiting in one queue; ``oldest_age_s`` is ``None`` when it is empty.

    ``depth`` is ``None`` while the broker gives no answer.
    """

    name: str
    depth: int | None
    oldest_age_s: float | None


@dataclass(frozen=True, slots=True)
class WorkerStatus:
    """One worker process and when it was last heard of."""

    name: str
    last_seen_at: datetime
    alive: bool
    concurrency: int
    version: str


@dataclass(frozen=True, slots=True)
class StorageStatus:
    """The object store, as images measured it just now."""

    ok: bool
    latency_ms: float | None = None
    bytes: int | None = None
    images: int | None = None


@dataclass(frozen=True, slots=True)
class Reachable:
    """Whether a dependency answered."""

    ok: bool


@dataclass(frozen=True, slots=True)
class JobCounts:
    """Jobs now, and how those of the last 24 hours ended; ``None`` while nobody can count them."""

    queued: int | None
    running: int | None
    failed_24h: int | None
    succeeded_24h: int | None


@dataclass(frozen=True, slots=True)
class ImagesStatus:
    """Everything that images knows about its own health."""

    version: str
    storage: StorageStatus
    database: Reachable
    broker: Reachable
    jobs: JobCounts
    cache: Reachable | None = None
    queues: list[QueueStatus] = field(default_factory=list)
    workers: list[WorkerStatus] = field(default_factory=list)
