"""Carries out an export job: one archive in the store, part by part, over as many runs as it takes.

What a run has stored is written down part by part, so one that dies loses the part in hand.
"""

import hashlib
import tempfile
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from typing import IO, BinaryIO, Final
from uuid import UUID

import orjson
import structlog
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from images import metrics, storage
from images.job_errors import EXPORT_GONE
from images.models import Export, ExportEntry, Image, Usage, archive_key
from images.parted_objects import PartsLost, part_put, parts_abandon, parts_begin, parts_finish
from images.renditions import FORMATS
from images.selectors.exports import image_documents, images_exported, job_documents
from images.services.exports import kept_for
from images.services.job_lease import Run, RunSuperseded, run_defer, run_fail, run_succeed
from images.services.jobs import job_yield
from images.zip_parts import ArchivedFile, PartWriter

log = structlog.get_logger(__name__)

PART_BYTES: Final = 8 * 1024 * 1024
"""A part is at least so long, which S3 asks for (5 MiB); and has an original more at most."""
MOST_PARTS: Final = 8_000
"""S3 takes 10,000: parts of very many bytes are longer."""
RUN_S: Final = 40.0
"""A run ends by itself after this and lets other jobs go first: a task may take 60 seconds."""
ACCOUNT: Final = "account.json"
IMAGES: Final = "images.json"
ZIP: Final = "application/zip"
READ_ROWS: Final = 500


@dataclass(frozen=True, slots=True)
class FilledPart:
    """What a part holds, by image where it is of one, and how far the originals are in by now."""

    files: list[tuple[ArchivedFile, UUID | None]]
    last_image: UUID | None
    images: int
    is_last: bool


def export_run(run: Run) -> None:
    """Go on with the archive where the last run stopped.

    Raises `RunSuperseded` or `StorageUnavailable`.
    """
    export = Export.objects.filter(job_id=run.job.id, removed_at=None).first()
    if export is None:
        run_fail(run, EXPORT_GONE)
        return
    try:
        _go_on(run, export, until=time.monotonic() + RUN_S)
    except PartsLost as exc:
        log.warning("export_begins_anew", export_id=str(export.id), reason=str(exc))
        parts_abandon(archive_key(export.id), export.upload_id)
        _forget_parts(run, export)
        run_defer(run, step="beginning again")


def _go_on(run: Run, export: Export, *, until: float) -> None:
    if not export.upload_id:
        _begin(run, export)
    while not export.checksum:
        with tempfile.TemporaryFile() as buffer:
            part = _filled(export, buffer)
            _part_store(run, export, buffer, part)
        if not part.is_last and time.monotonic() > until:
            job_yield(run)
            return
    names = [name for name, _ in export.parts]
    parts_finish(archive_key(export.id), export.upload_id, names=names, size=export.bytes)
    _succeed(run, export)


def _begin(run: Run, export: Export) -> None:
    export.upload_id = parts_begin(archive_key(export.id), content_type=ZIP)
    try:
        with transaction.atomic():
            run.write(progress_step="collecting originals")
            Export.objects.filter(id=export.id).update(upload_id=export.upload_id)
    except RunSuperseded:
        parts_abandon(archive_key(export.id), export.upload_id)
        raise


def _forget_parts(run: Run, export: Export) -> None:
    with transaction.atomic():
        run.write(progress_done=0)
        export.entries.all().delete()
        Export.objects.filter(id=export.id).update(
            upload_id="", parts=[], bytes=0, last_image=None, checksum=""
        )


def _part_bytes(export: Export) -> int:
    """How long a part is at least, so that there are not more than the store takes."""
    usage = Usage.objects.filter(owner_id=export.owner_id).first()
    return max(PART_BYTES, (usage.bytes if usage else 0) // MOST_PARTS)


def _filled(export: Export, buffer: BinaryIO) -> FilledPart:
    """Put what comes next into ``buffer``: a part, and the rest of the archive if it is the last.

    An original is read into the buffer itself, so the disk holds one more than a part at most.
    """
    longest = _part_bytes(export)
    files: list[tuple[ArchivedFile, UUID | None]] = []
    last, images = export.last_image, 0
    with PartWriter(buffer, start=export.bytes) as part:
        if not export.parts:
            with part.adding(ACCOUNT, written_at=export.created_at) as into:
                into.write(export.account.encode())
            files.append((part.files[-1], None))
        for image in images_exported(owner_id=export.owner_id, after=last).iterator(READ_ROWS):
            if part.size >= longest:
                part.cut()
                return FilledPart(files, last, images, is_last=False)
            if (added := _original_add(part, image)) is not None:
                files.append((added, image.id))
            last, images = image.id, images + 1
        with part.adding(IMAGES, written_at=timezone.now()) as into:
            _images_write(into, export, files)
        files.append((part.files[-1], None))
        before = export.entries.order_by("id").iterator(READ_ROWS)
        part.finish(_archived(entry) for entry in before)
        return FilledPart(files, last, images, is_last=True)


def _original_add(part: PartWriter, image: Image) -> ArchivedFile | None:
    """Put the original of ``image`` into ``part``; ``None`` when the store has lost it."""
    name = f"originals/{image.id}.{FORMATS[image.format].extension}"
    try:
        stream = storage.object_open(image.storage_key)
    except storage.ObjectMissing:
        # It may have been deleted a moment ago. Else the person is told of it by `images.json`.
        log.warning("export_lacks_original", image_id=str(image.id))
        return None
    try:
        with storage.translated("read"):
            return part.add(name, stream, size=image.bytes, written_at=image.created_at)
    finally:
        stream.close()


def _images_write(
    into: IO[bytes], export: Export, here: Iterable[tuple[ArchivedFile, UUID | None]]
) -> None:
    """All that the database has, as one JSON document that is never held whole."""
    stored = export.entries.filter(image_id__isnull=False)
    rows = stored.values_list("image_id", "name", "sha256")
    files = {image_id: (name, sha256) for image_id, name, sha256 in rows if image_id}
    files |= {image_id: (file.name, file.sha256) for file, image_id in here if image_id}
    for name, documents, end in (
        (b'{"images":[', image_documents(owner_id=export.owner_id, files=files), b"],"),
        (b'"jobs":[', job_documents(owner_id=export.owner_id), b"]}"),
    ):
        into.write(name)
        for at, document in enumerate(documents):
            into.write(b"," if at else b"")
            into.write(orjson.dumps(document))
        into.write(end)


def _part_store(run: Run, export: Export, buffer: BinaryIO, part: FilledPart) -> None:
    """Store the part, then write down that it is there. Raises `RunSuperseded`."""
    digest, size = _sha256(buffer), buffer.tell()
    name = part_put(
        archive_key(export.id),
        export.upload_id,
        number=len(export.parts) + 1,
        start=export.bytes,
        source=buffer,
    )
    export.parts.append([name, digest])
    export.bytes, export.last_image = export.bytes + size, part.last_image
    if part.is_last:
        of_parts = "".join(digest for _, digest in export.parts)
        export.checksum = hashlib.sha256(of_parts.encode()).hexdigest()
    with transaction.atomic():
        run.write(progress_done=F("progress_done") + part.images)
        export.save(update_fields=["parts", "bytes", "last_image", "checksum"])
        ExportEntry.objects.bulk_create(
            [_entry(export, file, image_id) for file, image_id in part.files], batch_size=500
        )
    metrics.EXPORT_BYTES_TOTAL.inc(size)


def _succeed(run: Run, export: Export) -> None:
    now = timezone.now()
    with transaction.atomic():
        run_succeed(run, result={"export": str(export.id), "bytes": export.bytes})
        # What auth told is in the archive now, and nowhere else here.
        Export.objects.filter(id=export.id).update(
            ready_at=now, expires_at=now + kept_for(), account="", upload_id="", parts=[]
        )
        export.entries.all().delete()
    log.info("export_ready", export_id=str(export.id), bytes=export.bytes)


def _entry(export: Export, file: ArchivedFile, image_id: UUID | None) -> ExportEntry:
    return ExportEntry(export=export, image_id=image_id, **asdict(file))


def _archived(entry: ExportEntry) -> ArchivedFile:
    return ArchivedFile(
        **{field.name: getattr(entry, field.name) for field in fields(ArchivedFile)}
    )


def _sha256(buffer: BinaryIO) -> str:
    """Of all of ``buffer``, of which the end is reached."""
    buffer.seek(0)
    digest = hashlib.sha256()
    while chunk := buffer.read(storage.CHUNK_BYTES):
        digest.update(chunk)
    return digest.hexdigest()
