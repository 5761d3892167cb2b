"""What the renditions of an image, taken together, say about the image."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone

from images.models import Image, Rendition
from images.renditions import parse_spec, preset_of
from images.storage import rendition_key


def image_settle(*, image_id: UUID) -> None:
    """Set the state that follows from the renditions; a purged image stays purged."""
    counts = Rendition.objects.filter(image_id=image_id).aggregate(
        all=Count("id"),
        pending=Count("id", filter=Q(state=Rendition.State.PENDING)),
        ready=Count("id", filter=Q(state=Rendition.State.READY)),
    )
    image_touch(image_id=image_id, state=_state(**counts))


def image_touch(*, image_id: UUID, **changes: object) -> None:
    """Write ``changes`` to the image and mark that readers see something new."""
    images_touch(Image.objects.filter(id=image_id), **changes)


def images_touch(found: QuerySet[Image], **changes: object) -> None:
    """Write ``changes`` to each of ``found`` that is not purged."""
    found.exclude(state=Image.State.PURGED).update(
        **changes, version=F("version") + 1, updated_at=timezone.now()
    )


def renditions_expect(*, image_id: UUID, specs: Sequence[str]) -> None:
    """Make a pending row for each of ``specs`` that has none, and reset those that failed."""
    # Two requests may make the same row at once; the constraint decides, and both go on with it.
    Rendition.objects.bulk_create(
        [_pending(image_id, text) for text in specs], ignore_conflicts=True
    )
    Rendition.objects.filter(
        image_id=image_id, spec__in=specs, state=Rendition.State.FAILED
    ).update(state=Rendition.State.PENDING)


def _pending(image_id: UUID, text: str) -> Rendition:
    spec = parse_spec(text)
    return Rendition(
        image_id=image_id,
        spec=text,
        preset=preset_of(spec),
        format=spec.format,
        mime=spec.image_format.mime,
        storage_key=rendition_key(image_id, spec=text),
    )


def _state(*, all: int, pending: int, ready: int) -> Image.State:  # noqa: A002 - the counted rows
    if pending:
        return Image.State.PROCESSING
    if not all:  # none was asked for, which is not the same as none is ready
        return Image.State.UPLOADED
    if ready == all:
        return Image.State.READY
    return Image.State.PARTIALLY_READY if ready else Image.State.FAILED
