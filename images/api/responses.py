"""Rows as the documents of the contract; addresses are signed here and carry no host."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings

from images.delivery_urls import addresses_end_at, original_path, rendition_path
from images.models import Image, Job, Rendition, Usage
from images.renditions import PRESETS, parse_spec
from platform_site.kit.rest.pagination import Page


def image_body(image: Image) -> dict[str, Any]:
    """``Image``; the row comes from the selectors, which bring along all that is read here."""
    job_id = getattr(image, "job_id", None)
    return {
        "id": image.id,
        "state": "trashed" if image.trashed_at is not None else image.state,
        "title": image.title,
        "tags": [tag.name for tag in sorted(image.tags.all(), key=lambda tag: tag.pk)],
        "filename": image.filename,
        "format": image.format,
        "mime": image.mime,
        "width": image.width,
        "height": image.height,
        "bytes": image.bytes,
        "sha256": image.sha256,
        "placeholder": image.placeholder,
        "animated": image.animated,
        "has_alpha": image.has_alpha,
        "complete": image.complete,
        "created_at": image.created_at,
        "updated_at": image.updated_at,
        "trashed_at": image.trashed_at,
        "renditions": renditions_body(list(image.renditions.all())),
        "original_path": original_path(image),
        "job": None if job_id is None else {"id": job_id, "state": getattr(image, "job_state", "")},
    }


def image_etag(image: Image) -> str:
    """A strong ETag: all that the body is made of, in short.

    The version, the hour that the signed addresses end in, and the state of the job, which a
    worker changes without touching the image.
    """
    job_state = getattr(image, "job_state", None) or "none"
    return f'"{image.version}-{addresses_end_at():x}-{job_state}"'


def renditions_body(renditions: Sequence[Rendition]) -> list[dict[str, Any]]:
    """``Rendition`` of each; one that is not ready has no address yet."""
    return [_rendition_body(rendition) for rendition in renditions]


def job_body(job: Job) -> dict[str, Any]:
    """``Job``."""
    error = {"code": job.error_code, "detail": job.error_detail} if job.error_code else None
    progress = {
        "done": job.progress_done,
        "total": job.progress_total,
        "step": job.progress_step,
    }
    return {
        "id": job.id,
        "image_id": _image_id(job),
        "kind": job.kind,
        "state": job.state,
        "progress": progress,
        "attempt": job.attempt,
        "error": error,
        "result": job.result,
        "created_at": job.created_at,
        "started_at": job.started_at,
        "finished_at": job.finished_at,
    }


def _image_id(job: Job) -> object:
    # The row of a deleted image is gone; the job still says which one it was, if it was one.
    if job.image_id is None and job.kind == Job.Kind.DELETE and len(job.specs) == 1:
        return job.specs[0]
    return job.image_id


def usage_body(usage: Usage) -> dict[str, Any]:
    """The owner's usage beside the limits."""
    return {
        "bytes": usage.bytes,
        "reserved_bytes": usage.reserved_bytes,
        "images": usage.images,
        "limit_bytes": settings.QUOTA_BYTES,
        "upload_max_bytes": settings.UPLOAD_MAX_BYTES,
    }


def presets_body() -> dict[str, Any]:
    """Every preset; ``formats`` are those for a photograph without transparency."""
    results = [
        {
            "name": preset.name,
            "width": preset.side,
            "height": preset.side,
            "fit": preset.fit.value,
            "formats": list(preset.formats()),
        }
        for preset in PRESETS.values()
    ]
    return {"results": results}


def page_body(page: Page[Any], results: list[dict[str, Any]]) -> dict[str, Any]:
    """A page with its cursors."""
    return {
        "results": results,
        "next_cursor": page.next_cursor,
        "previous_cursor": page.previous_cursor,
    }


def _rendition_body(rendition: Rendition) -> dict[str, Any]:
    spec = parse_spec(rendition.spec)
    is_ready = rendition.state == Rendition.State.READY
    return {
        "id": rendition.id,
        "spec": spec.operations,
        "preset": rendition.preset,
        "ops": {
            "width": spec.width,
            "height": spec.height,
            "fit": spec.fit.value,
            "format": spec.format,
            "quality": spec.quality,
        },
        "format": rendition.format,
        "mime": rendition.mime,
        "width": rendition.width,
        "height": rendition.height,
        "bytes": rendition.bytes,
        "state": rendition.state,
        "path": rendition_path(rendition) if is_ready else None,
        "created_at": rendition.created_at,
    }
