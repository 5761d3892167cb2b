"""What an owner does with an image: names and tags it, throws it away, takes it back."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

import structlog
from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from images.errors import ImageExists, ImageNotFound, PreconditionFailed
from images.models import Export, Image, Tag
from images.selectors.images import image_for_owner

log = structlog.get_logger(__name__)


def image_edit(
    *,
    image_id: UUID,
    owner_id: UUID,
    versions: Collection[int] | None,
    title: str | None = None,
    tags: Sequence[str] | None = None,
) -> Image:
    """Change title and tags; ``None`` leaves as it is, ``versions`` ``None`` takes any.

    Raises `ImageNotFound`, or `PreconditionFailed` when the image is at none of ``versions``.
    """
    image = image_for_owner(image_id=image_id, owner_id=owner_id)
    with transaction.atomic():
        found = Image.objects.filter(id=image.id, trashed_at=None)
        if versions is not None:
            found = found.filter(version__in=versions)
        changes = {} if title is None else {"title": title}
        if not found.update(**changes, version=F("version") + 1, updated_at=timezone.now()):
            raise PreconditionFailed if versions is not None else ImageNotFound
        if tags is not None:
            Tag.objects.filter(image=image).delete()
            Tag.objects.bulk_create([Tag.of(image, name) for name in tags])
    return image_for_owner(image_id=image_id, owner_id=owner_id)


def image_trash(*, image_id: UUID, owner_id: UUID, versions: Collection[int] | None) -> None:
    """Hide the image; doing it twice is once. Raises `ImageNotFound` or `PreconditionFailed`."""
    image = image_for_owner(image_id=image_id, owner_id=owner_id)
    if _moved(image, trashed=True, versions=versions) or versions is None:
        return
    if image_for_owner(image_id=image_id, owner_id=owner_id).version not in versions:
        raise PreconditionFailed


def image_restore(*, image_id: UUID, owner_id: UUID) -> Image:
    """Take the image out of the trash. Raises `ImageNotFound` or `ImageExists`."""
    image = image_for_owner(image_id=image_id, owner_id=owner_id)
    try:
        with transaction.atomic():
            _moved(image, trashed=False)
    except IntegrityError as exc:
        raise ImageExists from exc
    return image_for_owner(image_id=image_id, owner_id=owner_id)


def images_move(found: QuerySet[Image], *, trashed_at: datetime | None) -> int:
    """Into the trash at ``trashed_at``, or out of it with ``None``; how many were not there yet.

    Raises Django's ``IntegrityError`` when one that comes back has the bytes of one that is there.
    """
    return (
        found.filter(trashed_at__isnull=trashed_at is not None)
        .exclude(state=Image.State.PURGED)
        .update(trashed_at=trashed_at, version=F("version") + 1, updated_at=timezone.now())
    )


def owner_withhold(*, owner_id: UUID) -> None:
    """Serve nothing of the owner any more, until `owner_release`; nothing is lost."""
    found = Image.objects.filter(owner_id=owner_id, withheld_at=None)
    count = found.update(withheld_at=timezone.now())
    Export.objects.filter(owner_id=owner_id, withheld_at=None).update(withheld_at=timezone.now())
    log.info("owner_withheld", owner_id=str(owner_id), images=count)


def owner_release(*, owner_id: UUID) -> None:
    """Serve again what `owner_withhold` took away."""
    found = Image.objects.filter(owner_id=owner_id, withheld_at__isnull=False)
    count = found.update(withheld_at=None)
    Export.objects.filter(owner_id=owner_id).update(withheld_at=None)
    log.info("owner_released", owner_id=str(owner_id), images=count)


def _moved(image: Image, *, trashed: bool, versions: Collection[int] | None = None) -> bool:
    """Whether it was moved: it may be there already, or at another version by now."""
    found = Image.objects.filter(id=image.id)
    if versions is not None:
        found = found.filter(version__in=versions)
    moved = images_move(found, trashed_at=timezone.now() if trashed else None)
    if moved:
        log.info("image_trashed" if trashed else "image_restored", image_id=str(image.id))
    return bool(moved)
