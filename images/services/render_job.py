"""Carries out a render job: original to a temporary file, renditions out one by one."""

import io
from collections.abc import Sequence
from typing import BinaryIO

import structlog
from django.db import transaction
from django.db.models import F

from images import metrics, storage
from images.file_limits import limits_of_stored_file
from images.job_errors import IMAGE_GONE, JOB_ERRORS, ORIGINAL_MISSING, OUT_OF_MEMORY
from images.models import Image, Rendition
from images.renditions import (
    InvalidSpecError,
    PixelFacts,
    ReaderFailedError,
    RenderedFile,
    RenditionSpec,
    UnreadableImageError,
    parse_spec,
    placeholder,
    render_all,
)
from images.services.formats import formats_settle
from images.services.image_state import image_touch
from images.services.job_lease import Run, RunSuperseded, run_fail, run_succeed

log = structlog.get_logger(__name__)


def render_run(run: Run) -> None:
    """Make what the job asks for and is not there yet.

    A file that cannot be rendered ends the job with the code that says why; trying again would
    not help. Raises `RunSuperseded` or `StorageUnavailable`.
    """
    image = run.job.image
    if image is None or image.state == Image.State.PURGED:
        run_fail(run, IMAGE_GONE)
        return
    try:
        with storage.object_on_disk(image.storage_key) as source:
            _render(run, image, source)
    except storage.ObjectMissing:
        run_fail(run, ORIGINAL_MISSING)
        return
    except (UnreadableImageError, InvalidSpecError) as exc:
        if isinstance(exc, ReaderFailedError):
            log.exception("image_reader_failed", image_id=str(image.id), format=image.format)
        run_fail(run, JOB_ERRORS[exc.code], detail=str(exc))
        return
    except MemoryError:  # of resizing or encoding; reading has a refusal of its own
        run_fail(run, OUT_OF_MEMORY)
        return
    run_succeed(run, result=_result(run, image))


def _render(run: Run, image: Image, source: BinaryIO) -> None:
    if run.job.open_specs and image.fallback_format:
        formats_settle(run, PixelFacts(image.has_alpha, image.fallback_format))
    missing = _missing(run, image)
    done = len(run.job.specs) - len(missing)
    run.write(progress_done=done, progress_step="decoding")
    smallest: BinaryIO = source
    limits = limits_of_stored_file(image)

    def replanned(facts: PixelFacts) -> Sequence[RenditionSpec]:
        formats_settle(run, facts)
        left = _missing(run, image)
        run.write(progress_done=len(run.job.specs) - len(left))
        return left

    replan = replanned if run.job.open_specs and missing else None
    for file in render_all(source, missing, limits, replan):
        _note_completeness(image, file)
        _store(run, image, file)
        smallest = io.BytesIO(file.content)
    if image.placeholder is None:
        made = placeholder(smallest, limits)
        image_touch(image_id=image.id, placeholder=made)


def _note_completeness(image: Image, file: RenderedFile) -> None:
    if image.complete is None and not file.is_complete:
        metrics.INCOMPLETE_TOTAL.labels(image.format).inc()
        log.info("image_incomplete", image_id=str(image.id), format=image.format)
    image.complete = file.is_complete


def _missing(run: Run, image: Image) -> Sequence[RenditionSpec]:
    ready = image.renditions.filter(state=Rendition.State.READY)
    present = set(ready.values_list("spec", flat=True))
    return [parse_spec(text) for text in run.job.specs if text not in present]


def _store(run: Run, image: Image, file: RenderedFile) -> None:
    text = str(file.spec)
    key = storage.rendition_key(image.id, spec=text)
    stored = storage.bytes_put(key, file.content, content_type=file.mime)
    try:
        with transaction.atomic():
            run.write(progress_done=F("progress_done") + 1, progress_step=f"stored {text}")
            Rendition.objects.filter(image_id=image.id, spec=text).update(
                state=Rendition.State.READY,
                width=file.width,
                height=file.height,
                bytes=stored.bytes,
                checksum=stored.checksum,
                mime=file.mime,
            )
            image_touch(image_id=image.id, complete=file.is_complete)
    except RunSuperseded:
        _orphan_delete(image, key)
        raise
    metrics.RENDER_BYTES_TOTAL.labels(file.spec.format).inc(stored.bytes)
    metrics.RENDITIONS_TOTAL.labels(file.spec.format).inc()


def _orphan_delete(image: Image, key: str) -> None:
    # While the image is there the object stays: another run may store the same bytes under the
    # same key at this moment, and the object goes with the image. Afterwards nobody else will
    # ever delete it.
    if not Image.objects.filter(id=image.id).exists():
        storage.object_delete(key)
        log.info("object_orphan_deleted", image_id=str(image.id))


def _result(run: Run, image: Image) -> dict[str, object]:
    rows = image.renditions.filter(spec__in=run.job.specs, state=Rendition.State.READY)
    sizes = dict(rows.values_list("spec", "bytes"))
    return {"renditions": sorted(sizes), "bytes": sum(size or 0 for size in sizes.values())}
