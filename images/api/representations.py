"""Rows as what the public sees of them; ``origin`` begins every URL (`images.api.public_urls`)."""

from collections.abc import Sequence
from uuid import UUID

from django.conf import settings
from rest_framework.request import Request

from images.api.public_urls import PUBLIC_ROOT, neighbour_url, origin_of
from images.api.responses import (
    ImageLinksOut,
    ImageOut,
    ImageResultsOut,
    ImagesChangedOut,
    JobBriefOut,
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
from images.delivery_urls import original_path, rendition_path, urls_end_at
from images.models import Image, Job, Rendition, Usage
from images.renditions import PRESETS, parse_spec
from images.services.selections import SelectionOutcome
from platform_site.kit.rest.pagination import Page


def image_out(image: Image, *, origin: str) -> ImageOut:
    """``image``, a row of the selectors, which bring along all that is read here."""
    here = f"{origin}{PUBLIC_ROOT}/images/{image.id}"
    job_id: UUID | None = getattr(image, "job_id", None)
    return ImageOut(
        id=image.id,
        state="trashed" if image.trashed_at is not None else image.state,
        title=image.title,
        tags=[tag.name for tag in sorted(image.tags.all(), key=lambda tag: tag.pk)],
        filename=image.filename,
        format=image.format,
        width=image.width,
        height=image.height,
        bytes=image.bytes,
        sha256=image.sha256,
        placeholder=image.placeholder,
        animated=image.animated,
        has_alpha=image.has_alpha,
        complete=image.complete,
        created_at=image.created_at,
        updated_at=image.updated_at,
        trashed_at=image.trashed_at,
        renditions=renditions_out(list(image.renditions.all()), origin=origin),
        links=ImageLinksOut(
            self=here,
            original=f"{origin}{original_path(image)}",
            renditions=f"{here}/renditions",
        ),
        job=None if job_id is None else JobBriefOut(job_id, getattr(image, "job_state", "")),
    )


def image_etag(image: Image) -> str:
    """A strong ETag: all that the body is made of, in short.

    The version, the hour that the signed URLs end in, and the state of the job, which a worker
    changes without touching the image.
    """
    job_state = getattr(image, "job_state", None) or "none"
    return f'"{image.version}-{urls_end_at():x}-{job_state}"'


def image_page(request: Request, page: Page[Image]) -> ImageResultsOut:
    """A page of images with the URLs of its neighbours."""
    origin = origin_of(request)
    return ImageResultsOut(
        results=[image_out(image, origin=origin) for image in page.items],
        next=neighbour_url(request, page.next_cursor),
        previous=neighbour_url(request, page.previous_cursor),
    )


def renditions_out(renditions: Sequence[Rendition], *, origin: str) -> list[RenditionOut]:
    """Each of ``renditions``; one that is not ready has no URL yet."""
    return [_rendition_out(rendition, origin) for rendition in renditions]


def job_out(job: Job) -> JobOut:
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


def job_out_or_none(job: Job | None) -> JobOut | None:
    """``job``; ``None`` where nothing is left to do."""
    return None if job is None else job_out(job)


def job_page(request: Request, page: Page[Job]) -> JobResultsOut:
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


def _rendition_out(rendition: Rendition, origin: str) -> RenditionOut:
    spec = parse_spec(rendition.spec)
    # The row's text is canonical, or it could not be read: no need to write it once more.
    operations = rendition.spec.rpartition(".")[0]
    is_ready = rendition.state == Rendition.State.READY
    return RenditionOut(
        id=rendition.id,
        spec=operations,
        preset=rendition.preset,
        ops=OperationsOut(spec.width, spec.height, spec.fit, spec.format, spec.quality),
        format=rendition.format,
        width=rendition.width,
        height=rendition.height,
        bytes=rendition.bytes,
        state=rendition.state,
        url=f"{origin}{rendition_path(rendition)}" if is_ready else None,
        created_at=rendition.created_at,
    )


def _image_id(job: Job) -> UUID | None:
    # The row of a deleted image is gone; the job still says which one it was, if it was one.
    if job.image_id is None and job.kind == Job.Kind.DELETE and len(job.specs) == 1:
        return UUID(job.specs[0])
    return job.image_id
