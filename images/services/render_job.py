"""Carries out a render job: original to a temporary file, renditions out one by one."""

import io
from collections.abc import Mapping, Sequence
from typing import BinaryIO

import structlog

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
from images.services.job_lease import Run, run_fail, run_succeed
from images.services.storing import Storing

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
    except (UnreadableImageError, InvalidSpecError) as exc:
        if isinstance(exc, ReaderFailedError):
            log.exception("image_reader_failed", image_id=str(image.id), format=image.format)
        run_fail(run, JOB_ERRORS[exc.code], detail=str(exc))
    except MemoryError:  # of resizing or encoding; reading has a refusal of its own
        run_fail(run, OUT_OF_MEMORY)


def _render(run: Run, image: Image, source: BinaryIO) -> None:
    if run.job.open_specs and image.fallback_format:
        formats_settle(run, PixelFacts(image.has_alpha, image.fallback_format))
    sizes = _ready(run, image)
    limits = limits_of_stored_file(image)
    smallest: BinaryIO = source
    with Storing(run, image, ready=len(sizes)) as storing:

        def replanned(facts: PixelFacts) -> Sequence[RenditionSpec]:
            if formats_settle(run, facts):
                sizes.update(_ready(run, image))
            storing.ready = len(run.job.specs) - len(_missing(run, sizes))
            return _missing(run, sizes)

        missing = _missing(run, sizes)
        replan = replanned if run.job.open_specs and missing else None
        for file in render_all(source, missing, limits, replan):
            _note_completeness(image, file)
            storing.take(file)
            sizes[str(file.spec)] = len(file.content)
            smallest = io.BytesIO(file.content)
        found: dict[str, object] = {}
        if image.placeholder is None:
            found["placeholder"] = placeholder(smallest, limits)
        if image.complete is not None:
            found["complete"] = image.complete
        run_succeed(run, result=_result(run, sizes), made=storing.rest(), **found)


def _note_completeness(image: Image, file: RenderedFile) -> None:
    if image.complete is None and not file.is_complete:
        metrics.INCOMPLETE_TOTAL.labels(image.format).inc()
        log.info("image_incomplete", image_id=str(image.id), format=image.format)
    image.complete = file.is_complete


def _ready(run: Run, image: Image) -> dict[str, int]:
    """The renditions of the job that are there already, and their bytes."""
    rows = image.renditions.filter(state=Rendition.State.READY).values_list("spec", "bytes")
    return {spec: size or 0 for spec, size in rows if spec in run.job.specs}


def _missing(run: Run, sizes: Mapping[str, int]) -> Sequence[RenditionSpec]:
    return [parse_spec(text) for text in run.job.specs if text not in sizes]


def _result(run: Run, sizes: Mapping[str, int]) -> dict[str, object]:
    made = {text: sizes[text] for text in run.job.specs if text in sizes}
    return {"renditions": sorted(made), "bytes": sum(made.values())}
