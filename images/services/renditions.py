"""Asks for renditions of an image that is there; each is made once, however often asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import transaction

from images.errors import ImageTrashed, TooManyRenditions
from images.file_limits import limits_of_files
from images.models import Image, Job, Rendition
from images.renditions import KnownSource, RenditionSpec
from images.selectors.images import image_for_owner, renditions_of
from images.selectors.jobs import active_render_for
from images.services.formats import formats_fix
from images.services.image_state import image_settle, renditions_expect
from images.services.jobs import job_create
from images.specs import RequestedSpecs, requested_specs, size_check

RENDITIONS_MAX: Final = 100


@dataclass(frozen=True, slots=True)
class RenditionsOutcome:
    """The renditions asked for; ``job`` makes those that are not ready, ``None`` = all are."""

    image: Image
    renditions: Sequence[Rendition]
    job: Job | None


def preset_request(*, image_id: UUID, owner_id: UUID, preset: str) -> RenditionsOutcome:
    """See to it that the preset is made, in its formats. Raises `UnknownPreset` and as below."""
    image = image_for_owner(image_id=image_id, owner_id=owner_id)
    return renditions_request(image=image, presets=[preset])


def operations_request(*, image_id: UUID, owner_id: UUID, spec: RenditionSpec) -> RenditionsOutcome:
    """See to it that ``spec`` is made.

    Raises `ImageNotFound`, `ImageTrashed`, `InvalidOperations`, `DimensionsExceeded` or
    `TooManyRenditions`.
    """
    image = image_for_owner(image_id=image_id, owner_id=owner_id)
    return renditions_request(image=image, operations=spec)


def renditions_request(
    *, image: Image, presets: Sequence[str] = (), operations: RenditionSpec | None = None
) -> RenditionsOutcome:
    """See to it that each of the presets, and the operations, is made; raises as above."""
    if image.trashed_at is not None:
        raise ImageTrashed
    with transaction.atomic():
        # The lock makes two requests for one new rendition take turns: the second finds it. It
        # also keeps a run from settling the formats in between.
        locked = Image.objects.select_for_update().get(id=image.id)
        requested = requested_specs(
            presets, operations, has_alpha=locked.has_alpha, fallback=locked.fallback_format
        )
        known = KnownSource(image.format, image.width, image.height, image.has_alpha)
        size_check(requested.specs, source=known, limits=limits_of_files())
        job = _job_for(image, requested)
    texts = [str(spec) for spec in requested.specs]
    fresh = image_for_owner(image_id=image.id, owner_id=image.owner_id)
    return RenditionsOutcome(fresh, renditions_of(image_id=image.id, specs=texts), job)


def _job_for(image: Image, requested: RequestedSpecs) -> Job | None:
    texts = {str(spec): spec in requested.open_specs for spec in requested.specs}
    rows = {row.spec: row.state for row in renditions_of(image_id=image.id)}
    missing = [text for text in texts if rows.get(text) in (None, Rendition.State.FAILED)]
    pending = [text for text in texts if rows.get(text) == Rendition.State.PENDING]
    formats_fix(image_id=image.id, specs=[text for text in pending if not texts[text]])
    if missing:
        if len(rows.keys() | set(missing)) > RENDITIONS_MAX:
            raise TooManyRenditions(f"One image may have {RENDITIONS_MAX} renditions.")
        renditions_expect(image_id=image.id, specs=missing)
        image_settle(image_id=image.id)
        return job_create(
            kind=Job.Kind.RENDER,
            owner_id=image.owner_id,
            image=image,
            specs=missing,
            open_specs=[text for text in missing if texts[text]],
        )
    return active_render_for(image_id=image.id, specs=pending) if pending else None
