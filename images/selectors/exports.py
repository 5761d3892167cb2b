"""Reads of exports, and of all that one says of the images of a person."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from images.errors import ExportNotFound
from images.models import Export, Image, Job, Rendition, Tag

LISTED: Final = 20
CHUNK: Final = 500
IMAGE_FIELDS: Final = (
    *("id", "state", "title", "filename", "format", "mime", "width", "height", "bytes", "sha256"),
    *("animated", "has_alpha", "complete", "version", "created_at", "updated_at", "trashed_at"),
)
RENDITION_FIELDS: Final = (
    *("id", "spec", "preset", "format", "width", "height", "bytes", "checksum", "state"),
    "created_at",
)
JOB_FIELDS: Final = (
    *("id", "kind", "image_id", "state", "specs", "attempt", "error_code", "error_detail"),
    *("result", "created_at", "started_at", "finished_at"),
)


def export_for_owner(*, export_id: UUID, owner_id: UUID) -> Export:
    """The export with its job, if ``owner_id`` owns it. Raises `ExportNotFound`."""
    try:
        return Export.objects.select_related("job").get(id=export_id, owner_id=owner_id)
    except Export.DoesNotExist as exc:
        raise ExportNotFound from exc


def exports_of_owner(*, owner_id: UUID) -> list[Export]:
    """The owner's exports with their jobs, newest first; the last `LISTED` of them."""
    found = Export.objects.select_related("job").filter(owner_id=owner_id)
    return list(found.order_by("-created_at", "-id")[:LISTED])


def exports_ready_since(*, since: datetime, limit: int) -> list[Export]:
    """Everybody's exports that became ready at or after ``since``, the oldest first."""
    return list(Export.objects.filter(ready_at__gte=since).order_by("ready_at", "id")[:limit])


def images_exported(*, owner_id: UUID, after: UUID | None) -> QuerySet[Image]:
    """The images that an export holds, those in the trash too, by id; those after ``after``."""
    found = Image.objects.filter(owner_id=owner_id).exclude(state=Image.State.PURGED)
    if after is not None:
        found = found.filter(id__gt=after)
    return found.order_by("id")


def image_documents(
    *, owner_id: UUID, files: Mapping[UUID, tuple[str, str]]
) -> Iterator[dict[str, Any]]:
    """All that is known of each image, with the name and the SHA-256 of its file in ``files``."""
    found = images_exported(owner_id=owner_id, after=None).prefetch_related(
        Prefetch("tags", Tag.objects.order_by("id")),
        Prefetch("renditions", Rendition.objects.order_by("created_at", "id")),
    )
    for image in found.iterator(chunk_size=CHUNK):
        yield {
            **_fields(image, IMAGE_FIELDS),
            "tags": [tag.name for tag in image.tags.all()],
            "renditions": [_fields(each, RENDITION_FIELDS) for each in image.renditions.all()],
            "file": dict(zip(("name", "sha256"), files[image.id], strict=True))
            if image.id in files
            else None,
        }


def job_documents(*, owner_id: UUID) -> Iterator[dict[str, Any]]:
    """All that is known of each job of the owner, the oldest first."""
    found = Job.objects.filter(owner_id=owner_id).order_by("created_at", "id")
    yield from found.values(*JOB_FIELDS).iterator(chunk_size=CHUNK)


def _fields(row: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}
