"""The one query that the delivery of bytes makes; finds nothing in the trash or withheld."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils import timezone

from images.errors import ExportNotFound, ImageNotFound, RenditionNotFound, RenditionPending
from images.models import Export, Image, Rendition, archive_key
from platform_site.kit.statements import Statement

PENDING_RETRY_S = 2
ZIP: Final = "application/zip"


@dataclass(frozen=True, slots=True)
class Deliverable:
    """Bytes that can be sent; ``checksum`` is their SHA-256, and so their strong ETag.

    They never change once they are there, so ``modified_at`` is when their row was made.
    """

    storage_key: str
    bytes: int
    mime: str
    checksum: str
    filename: str | None
    """What an attachment is called; ``None`` = shown in place."""
    modified_at: datetime
    is_shared: bool = True
    """Whether the proxy in front may keep the bytes for a moment."""


_ORIGINAL: Final = Statement(
    lambda image_id: Image.objects.filter(
        id=image_id, trashed_at__isnull=True, withheld_at__isnull=True
    ).values_list("storage_key", "bytes", "mime", "sha256", "filename", "created_at")
)
_RENDITION: Final = Statement(
    lambda image_id, spec: Rendition.objects.filter(
        image_id=image_id,
        spec=spec,
        image__trashed_at__isnull=True,
        image__withheld_at__isnull=True,
    ).values_list("state", "storage_key", "bytes", "mime", "checksum", "created_at")
)


_EXPORT: Final = Statement(
    lambda export_id, now: Export.objects.filter(
        id=export_id,
        ready_at__isnull=False,
        removed_at__isnull=True,
        withheld_at__isnull=True,
        expires_at__gt=now,
    ).values_list("id", "bytes", "checksum", "ready_at")
)


def export_deliverable(*, export_id: UUID) -> Deliverable:
    """The archive. Raises `ExportNotFound` unless it can be fetched."""
    row = next(_EXPORT.tuples(export_id=export_id, now=timezone.now()), None)
    if row is None:
        raise ExportNotFound
    found_id, size, checksum, ready_at = row
    filename = f"export-{ready_at:%Y-%m-%d}.zip"
    return Deliverable(
        archive_key(found_id), size, ZIP, checksum, filename, ready_at, is_shared=False
    )


def original_deliverable(*, image_id: UUID) -> Deliverable:
    """The original as its owner uploaded it. Raises `ImageNotFound`."""
    row = next(_ORIGINAL.tuples(image_id=image_id), None)
    if row is None:
        raise ImageNotFound
    return Deliverable(*row)


def rendition_deliverable(*, image_id: UUID, spec: str) -> Deliverable:
    """The rendition. Raises `RenditionPending` while it is made, else `RenditionNotFound`."""
    row = next(_RENDITION.tuples(image_id=image_id, spec=spec), None)
    if row is None or row[0] == Rendition.State.FAILED:
        raise RenditionNotFound
    state, storage_key, size, mime, checksum, made_at = row
    if state == Rendition.State.PENDING:
        raise RenditionPending(retry_after_s=PENDING_RETRY_S)
    return Deliverable(storage_key, size or 0, mime, checksum, None, made_at)
