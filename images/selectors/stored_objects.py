"""Which objects the rows refer to, for backups."""

from collections.abc import Iterator
from typing import Final

from django.utils import timezone

from images.models import Export, Image, Rendition, archive_key
from platform_site.kit.stored_objects import ObjectReference

CHUNK_ROWS: Final = 2_000


def object_references(using: str) -> Iterator[ObjectReference]:
    """Every object that a row of the database ``using`` refers to, once, in the same order."""
    yield from _originals(using)
    yield from _renditions(using)
    yield from _archives(using)


def _originals(using: str) -> Iterator[ObjectReference]:
    rows = Image.objects.using(using).order_by("id")
    for key, size, mime, sha256, state in rows.values_list(
        "storage_key", "bytes", "mime", "sha256", "state"
    ).iterator(CHUNK_ROWS):
        # The job that deletes takes objects first.
        gone = state == Image.State.PURGED
        yield ObjectReference(key, size, mime, sha256=sha256, may_be_gone=gone)


def _renditions(using: str) -> Iterator[ObjectReference]:
    rows = Rendition.objects.using(using).filter(state=Rendition.State.READY)
    fields = ("storage_key", "bytes", "mime", "checksum", "image__state")
    last = ""
    for key, size, mime, sha256, state in (
        rows.order_by("image_id", "storage_key").values_list(*fields).iterator(CHUNK_ROWS)
    ):
        if key != last:  # equal bytes of one image are one object
            gone = state == Image.State.PURGED
            yield ObjectReference(key, size or 0, mime, sha256=sha256, may_be_gone=gone)
        last = key


def _archives(using: str) -> Iterator[ObjectReference]:
    """Those that are whole. Parts of others go: whoever makes one begins it anew."""
    rows = Export.objects.using(using).filter(removed_at=None).exclude(ready_at=None)
    for export in rows.order_by("id").iterator(CHUNK_ROWS):
        yield ObjectReference(
            archive_key(export.id),
            export.bytes,
            "application/zip",
            version=export.checksum,
            may_be_gone=export.expires_at is None or export.expires_at <= timezone.now(),
        )
