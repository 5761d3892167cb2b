"""The public shapes of /api/v1: one frozen dataclass is the type, the reply and its schema."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from gateway.clients.types import (
    ImageState,
    InputFormat,
    Job,
    JobBrief,
    JobCounts,
    Operations,
    OutputFormat,
    Preset,
    Profile,
    QueueStatus,
    Reachable,
    RenditionState,
    StorageStatus,
    Usage,
    WorkerStatus,
)


@dataclass(frozen=True, slots=True)
class Rendition:
    """One derived file. ``url`` is signed, expires, and is ``None`` until the file is ready."""

    id: UUID
    spec: str
    preset: str | None
    ops: Operations
    format: OutputFormat
    width: int | None
    height: int | None
    bytes: int | None
    state: RenditionState
    url: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class ImageLinks:
    """Where to go from an image. ``original`` is signed and expires."""

    self: str
    original: str | None
    renditions: str


@dataclass(frozen=True, slots=True)
class Image:
    """One image; width and height are those of the upright picture.

    ``has_alpha`` says that something behind the picture is to be seen through it.
    ``complete`` is ``False`` when pixels of the original were missing or damaged: its renditions
    show what there was. It is ``None`` until the original has been decoded.
    """

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
    has_alpha: bool
    complete: bool | None
    created_at: datetime
    updated_at: datetime
    trashed_at: datetime | None
    renditions: list[Rendition]
    links: ImageLinks
    job: JobBrief | None


@dataclass(frozen=True, slots=True)
class Upload:
    """An accepted upload. ``job`` is ``None`` when a duplicate has nothing left to do."""

    image: Image
    job: Job | None
    duplicate: bool


@dataclass(frozen=True, slots=True)
class RequestedRenditions:
    """What was asked for: ready (``job`` is ``None``) or on its way."""

    image: Image
    job: Job | None
    renditions: list[Rendition]


@dataclass(frozen=True, slots=True)
class Deletion:
    """The job that deletes an image for good, and lists what it deleted in its result."""

    job: Job


@dataclass(frozen=True, slots=True)
class ClosedAccount:
    """The account is closed, and will be deleted at ``deletes_at``; until then it can be kept."""

    deletes_at: datetime


@dataclass(frozen=True, slots=True)
class ImageResults:
    """A page of images, newest first; the neighbours' URLs are ``None`` at either end."""

    results: list[Image]
    next: str | None
    previous: str | None


@dataclass(frozen=True, slots=True)
class JobResults:
    """A page of jobs, newest first; the neighbours' URLs are ``None`` at either end."""

    results: list[Job]
    next: str | None
    previous: str | None


@dataclass(frozen=True, slots=True)
class RenditionResults:
    """All renditions of one image."""

    results: list[Rendition]


@dataclass(frozen=True, slots=True)
class PresetResults:
    """The named sizes."""

    results: list[Preset]


@dataclass(frozen=True, slots=True)
class Overview:
    """What a first page shows. A part of a role named in ``unavailable`` is ``None`` or empty."""

    user: Profile | None
    usage: Usage | None
    images: list[Image]
    jobs: list[Job]
    unavailable: list[str]


@dataclass(frozen=True, slots=True)
class RoleStatus:
    """Whether a role does its work; ``None`` while nobody knows."""

    ok: bool | None


@dataclass(frozen=True, slots=True)
class PartStatus:
    """Whether a part that the roles stand on answers in time; ``None`` while nobody knows."""

    ok: bool | None


@dataclass(frozen=True, slots=True)
class StatusDetail:
    """What staff see, measured at most two seconds ago; longer while a role keeps us waiting."""

    queues: list[QueueStatus]
    workers: list[WorkerStatus]
    storage: StorageStatus
    database: Reachable
    broker: Reachable
    jobs: JobCounts
    images_version: str


@dataclass(frozen=True, slots=True)
class Status:
    """The state of the platform; ``detail`` is for staff, and ``None`` without images.

    It is ``ok`` when every role and every part is known to be. ``parts``: cache, database, broker,
    storage, keys (those that verify tokens are fresh), queues (no job waits for minutes).
    ``links`` names pages of the operator's: ``grafana``, when there is one.
    """

    status: str
    roles: dict[str, RoleStatus]
    parts: dict[str, PartStatus]
    version: str
    links: dict[str, str]
    detail: StatusDetail | None
