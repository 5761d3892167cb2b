"""Rows as what the public sees of them; ``origin`` begins every URL (`images.api.public_urls`)."""

from collections.abc import Collection
from functools import lru_cache
from operator import itemgetter
from typing import Any, Final, cast
from uuid import UUID

import orjson
from django.conf import settings

from images.api.public_urls import image_url, neighbour_url, origin_of
from images.api.responses import (
    ExportOut,
    ExportProgressOut,
    ImageOut,
    ImageResultsOut,
    ImagesChangedOut,
    JobErrorOut,
    JobOut,
    JobProgressOut,
    JobResultsOut,
    OperationsOut,
    PresetOut,
    RenditionOut,
    SkippedImagesOut,
    UsageOut,
)
from images.delivery_urls import Signer, signer_now
from images.models import Export, Job, Rendition, Usage
from images.renditions import PRESETS, parse_spec
from images.selectors.images import (
    IMAGE_COLUMNS,
    JOB_COLUMNS,
    RENDITION_COLUMNS,
    TAG_COLUMNS,
    ImageRow,
)
from images.selectors.jobs import JobRow
from images.services.selections import SelectionOutcome
from platform_site.kit.rest.codecs import encoded
from platform_site.kit.rest.hot_reads import AnyRequest
from platform_site.kit.rest.pagination import Page

REMEMBERED: Final = 1_024
REMEMBERED_CHARACTERS: Final = 4_096
"""Of an image with some twenty renditions, whose JSON takes 10 kB: 14 MB a process at most."""


def image_json(row: ImageRow, *, origin: str) -> bytes:
    """The image as `ImageOut` describes it, in JSON.

    Remembered for rows that say the same, while its URLs are signed so.
    """
    signer = signer_now()
    if len(row.columns) + len(row.renditions or "") > REMEMBERED_CHARACTERS:
        return _image_json.__wrapped__(row, origin, signer)
    return _image_json(row, origin, signer)


@lru_cache(maxsize=REMEMBERED)
def _image_json(row: ImageRow, origin: str, signer: Signer) -> bytes:
    image: dict[str, Any] = IMAGE_COLUMNS.read(row.columns)
    if image["trashed_at"] is not None:
        image["state"] = "trashed"
    tags = sorted(TAG_COLUMNS.read_all(row.tags), key=itemgetter("id"))
    image["tags"] = [tag["name"] for tag in tags]
    image["renditions"] = _renditions(row, origin, signer)
    here, original = image_url(row.id, origin=origin), signer.original_path(row.id, image["format"])
    image["links"] = {
        "self": here,
        "original": f"{origin}{original}",
        "renditions": f"{here}/renditions",
    }
    image["job"] = None if row.job is None else JOB_COLUMNS.read(row.job)
    return encoded(image)


def image_out(row: ImageRow, *, origin: str) -> ImageOut:
    """The image for an answer of which it is a part: JSON already, so nothing can be read of it."""
    return cast("ImageOut", orjson.Fragment(image_json(row, origin=origin)))


def image_etag(row: ImageRow) -> str:
    """A strong ETag: all that the body is made of, in short.

    The version, the hour that the signed URLs end in, and the state of the job, which a worker
    changes without touching the image.
    """
    job_state = "none" if row.job is None else JOB_COLUMNS.read(row.job)["state"]
    return f'"{row.version}-{signer_now().ends_at:x}-{job_state}"'


def image_page(request: AnyRequest, page: Page[ImageRow]) -> ImageResultsOut:
    """A page of images with the URLs of its neighbours."""
    origin = origin_of(request)
    return ImageResultsOut(
        results=[image_out(row, origin=origin) for row in page.items],
        next=neighbour_url(request, page.next_cursor),
        previous=neighbour_url(request, page.previous_cursor),
    )


def renditions_out(
    row: ImageRow, *, origin: str, ids: Collection[UUID] | None = None, preset: str = ""
) -> list[RenditionOut]:
    """The renditions of the image, oldest first, as `RenditionOut` describes them.

    With ``ids`` these, and those of ``preset``. One that is not ready has no URL yet.
    """
    found = _renditions(row, origin, signer_now())
    if ids is not None:
        asked = set(map(str, ids))
        found = [one for one in found if one["id"] in asked or one["preset"] == preset]
    return cast("list[RenditionOut]", found)


def _renditions(row: ImageRow, origin: str, signer: Signer) -> list[dict[str, Any]]:
    # As dictionaries: eight of the published dataclasses cost twice what the rest of an image does.
    found = RENDITION_COLUMNS.read_all(row.renditions)
    found.sort(key=itemgetter("created_at", "id"))
    for one in found:
        spec = one["spec"]
        is_ready = one["state"] == Rendition.State.READY
        path = signer.rendition_path(row.id, spec=spec, preset=one["preset"]) if is_ready else ""
        # The row's text is canonical, or it could not be read: no need to write it once more.
        one["spec"] = spec.rpartition(".")[0]
        one["ops"] = _operations_out(spec)
        one["url"] = f"{origin}{path}" if is_ready else None
    return found


def job_out(job: Job | JobRow) -> JobOut:
    """``job`` as it stands."""
    return JobOut(
        id=job.id,
        image_id=_image_id(job),
        kind=job.kind,
        state=job.state,
        progress=JobProgressOut(job.progress_done, job.progress_total, job.progress_step),
        attempt=job.attempt,
        error=JobErrorOut(job.error_code, job.error_detail) if job.error_code else None,
        result=job.result,
        created_at=job.created_at,
        started_at=job.started_at,
        finished_at=job.finished_at,
    )


def export_out(export: Export, *, origin: str) -> ExportOut:
    """``export`` as it stands, with an address to fetch it once that can be done."""
    url, ends = None, export.expires_at
    if export.state == Export.State.READY and ends is not None and export.withheld_at is None:
        path = signer_now().export_path(export.id, ends_at=int(ends.timestamp()))
        url = f"{origin}{path}"
    return ExportOut(
        id=export.id,
        state=export.state,
        created_at=export.created_at,
        ready_at=export.ready_at,
        expires_at=ends,
        bytes=export.bytes,
        progress=ExportProgressOut(export.job.progress_done, export.job.progress_total),
        url=url,
    )


def job_out_or_none(job: Job | JobRow | None) -> JobOut | None:
    """``job``; ``None`` where nothing is left to do."""
    return None if job is None else job_out(job)


def job_page(request: AnyRequest, page: Page[JobRow]) -> JobResultsOut:
    """A page of jobs with the URLs of its neighbours."""
    return JobResultsOut(
        results=[job_out(job) for job in page.items],
        next=neighbour_url(request, page.next_cursor),
        previous=neighbour_url(request, page.previous_cursor),
    )


def changes_out(outcome: SelectionOutcome) -> ImagesChangedOut:
    """What became of many images."""
    skipped = [SkippedImagesOut(code, count) for code, count in outcome.skipped.items()]
    return ImagesChangedOut(
        matched=outcome.matched,
        changed=outcome.changed,
        skipped=skipped,
        remaining=outcome.remaining,
        trashed_at=outcome.trashed_at,
        job=job_out_or_none(outcome.job),
    )


def presets_out() -> list[PresetOut]:
    """Every preset; ``formats`` are those for a photograph without transparency."""
    return [
        PresetOut(
            name=preset.name,
            width=preset.side,
            height=preset.side,
            fit=preset.fit,
            formats=list(preset.formats()),
        )
        for preset in PRESETS.values()
    ]


def usage_out(usage: Usage) -> UsageOut:
    """The owner's usage beside the limits."""
    return UsageOut(
        bytes=usage.bytes,
        reserved_bytes=usage.reserved_bytes,
        images=usage.images,
        limit_bytes=settings.QUOTA_BYTES,
        upload_max_bytes=settings.UPLOAD_MAX_BYTES,
    )


@lru_cache(maxsize=1_024)  # as of the specs themselves
def _operations_out(text: str) -> OperationsOut:
    spec = parse_spec(text)
    return OperationsOut(spec.width, spec.height, spec.fit, spec.format, spec.quality)


def _image_id(job: Job | JobRow) -> UUID | None:
    # The row of a deleted image is gone; the job still says which one it was, if it was one.
    if job.image_id is None and job.kind == Job.Kind.DELETE and len(job.specs) == 1:
        return UUID(job.specs[0])
    return job.image_id
