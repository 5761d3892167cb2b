"""The public shapes of images: each frozen dataclass is the reply and its schema in one.

`images.api.representations` makes them of rows; the names lose their ending in the document.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from rest_framework import serializers

from images.models import Export, Job, Rendition
from images.renditions import FORMATS, OUTPUT_FORMATS, Fit
from images.selectors.images import SHOWN_STATES

Described = dict[str, serializers.Field[Any, Any, Any, Any]]


def _one_of(words: Iterable[str]) -> Described:
    """How a text is described that is one of ``words``, which models and core own."""
    return {"serializer_field": serializers.ChoiceField(choices=[str(word) for word in words])}


JOB_KINDS: Final = tuple(Job.Kind.values)
JOB_STATES: Final = tuple(Job.State.values)
EXPORT_STATES: Final = tuple(Export.State.values)
"""By these values the document finds the names of its enums (ENUM_NAME_OVERRIDES)."""

FIT: Final = _one_of(Fit)
OUTPUT_FORMAT: Final = _one_of(OUTPUT_FORMATS)
JOB_STATE: Final = _one_of(JOB_STATES)
FORMAT_LIST: Final[Described] = {
    "serializer_field": serializers.ListField(child=OUTPUT_FORMAT["serializer_field"])
}


@dataclass(frozen=True, slots=True)
class OperationsOut:
    """What was done to the picture; ``None`` where the picture or its format decided."""

    width: int | None
    height: int | None
    fit: str = field(metadata=FIT)
    format: str = field(metadata=OUTPUT_FORMAT)
    quality: int | None


@dataclass(frozen=True, slots=True)
class RenditionOut:
    """One derived file. ``url`` is signed, expires, and is ``None`` until the file is ready."""

    id: UUID
    spec: str
    preset: str | None
    ops: OperationsOut
    format: str = field(metadata=OUTPUT_FORMAT)
    width: int | None
    height: int | None
    bytes: int | None
    state: str = field(metadata=_one_of(Rendition.State))
    url: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class ImageLinksOut:
    """Where to go from an image. ``original`` is signed and expires."""

    self: str
    original: str
    renditions: str


@dataclass(frozen=True, slots=True)
class JobBriefOut:
    """The job that an image waits for, or waited for last."""

    id: UUID
    state: str = field(metadata=JOB_STATE)


@dataclass(frozen=True, slots=True)
class ImageOut:
    """One image; width and height are those of the upright picture.

    ``has_alpha`` says that something behind the picture is to be seen through it.
    ``complete`` is ``False`` when pixels of the original were missing or damaged: its renditions
    show what there was. It is ``None`` until the original has been decoded.
    """

    id: UUID
    state: str = field(metadata=_one_of(SHOWN_STATES))
    title: str
    tags: list[str]
    filename: str
    format: str = field(metadata=_one_of(FORMATS))
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
    renditions: list[RenditionOut]
    links: ImageLinksOut
    job: JobBriefOut | None


@dataclass(frozen=True, slots=True)
class JobProgressOut:
    """``done`` of ``total`` steps; ``step`` names the one in hand."""

    done: int
    total: int
    step: str


@dataclass(frozen=True, slots=True)
class JobErrorOut:
    """Why a job failed; ``code`` is stable."""

    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class JobOut:
    """One piece of background work. ``image_id`` is ``None`` once the image is gone."""

    id: UUID
    image_id: UUID | None
    kind: str = field(metadata=_one_of(JOB_KINDS))
    state: str = field(metadata=JOB_STATE)
    progress: JobProgressOut
    attempt: int
    error: JobErrorOut | None
    result: dict[str, Any] | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class UploadOut:
    """An accepted upload. ``job`` is ``None`` when a duplicate has nothing left to do."""

    image: ImageOut
    job: JobOut | None
    duplicate: bool


@dataclass(frozen=True, slots=True)
class RequestedRenditionsOut:
    """What was asked for: ready (``job`` is ``None``) or on its way."""

    image: ImageOut
    job: JobOut | None
    renditions: list[RenditionOut]


@dataclass(frozen=True, slots=True)
class DeletionOut:
    """The job that deletes an image for good, and lists what it deleted in its result."""

    job: JobOut


@dataclass(frozen=True, slots=True)
class ImageResultsOut:
    """A page of images, newest first; the neighbours' URLs are ``None`` at either end."""

    results: list[ImageOut]
    next: str | None
    previous: str | None


@dataclass(frozen=True, slots=True)
class JobResultsOut:
    """A page of jobs, newest first; the neighbours' URLs are ``None`` at either end."""

    results: list[JobOut]
    next: str | None
    previous: str | None


@dataclass(frozen=True, slots=True)
class RenditionResultsOut:
    """All renditions of one image, oldest first."""

    results: list[RenditionOut]


@dataclass(frozen=True, slots=True)
class ImageCountOut:
    """How many images a list with the same filters has."""

    count: int


@dataclass(frozen=True, slots=True)
class SkippedImagesOut:
    """How many images could not be changed, by the ``code`` of the refusal."""

    code: str
    count: int


@dataclass(frozen=True, slots=True)
class ImagesChangedOut:
    """What became of a selection of ``matched`` images.

    ``remaining`` are still to be changed: send the same again. All images that one call moved to
    the trash have this ``trashed_at``, by which they can be restored. ``job`` deletes for good.
    """

    matched: int
    changed: int
    skipped: list[SkippedImagesOut]
    remaining: int
    trashed_at: datetime | None
    job: JobOut | None


@dataclass(frozen=True, slots=True)
class PresetOut:
    """A named size: the picture fits inside the box and is never enlarged."""

    name: str
    width: int
    height: int
    fit: str = field(metadata=FIT)
    formats: list[str] = field(metadata=FORMAT_LIST)


@dataclass(frozen=True, slots=True)
class PresetResultsOut:
    """The named sizes."""

    results: list[PresetOut]


@dataclass(frozen=True, slots=True)
class UsageOut:
    """Bytes stored and reserved, images held, and how many bytes all and one file may have."""

    bytes: int
    reserved_bytes: int
    images: int
    limit_bytes: int
    upload_max_bytes: int


@dataclass(frozen=True, slots=True)
class ExportProgressOut:
    """Images of which the original is in the archive, of how many."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class ExportOut:
    """An archive of all that a person has; ``bytes`` is how long it is by now.

    ``url`` is ``None`` unless it is ready. It can be fetched until ``expires_at``.
    """

    id: UUID
    state: str = field(metadata=_one_of(EXPORT_STATES))
    created_at: datetime
    ready_at: datetime | None
    expires_at: datetime | None
    bytes: int
    progress: ExportProgressOut
    url: str | None


@dataclass(frozen=True, slots=True)
class ExportResultsOut:
    """The last exports of a person, newest first."""

    results: list[ExportOut]
