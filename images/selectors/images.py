"""Reads of images and their renditions."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import Model, OuterRef, Prefetch, Q, QuerySet, Subquery

from images.errors import ImageNotFound
from images.models import Image, Job, Rendition, Tag
from platform_site.kit.statements import Statement

SHOWN_STATES: Final = (
    *(state for state in Image.State.values if state != Image.State.PURGED),
    "trashed",
)
"""The states that are shown and may be filtered by: a purged image exists for nobody."""


@dataclass(frozen=True, slots=True)
class ImageFilter:
    """What a list of images is narrowed to; ``None`` does not narrow. ``words`` is searched for
    in title and filename, whatever the case.
    """  # noqa: D205

    state: str | None = None
    tag: str | None = None
    words: str | None = None
    format: str | None = None
    trashed: bool = False


def images_of_owner(*, owner_id: UUID, narrowed: ImageFilter) -> QuerySet[Image]:
    """The owner's images, in the trash or out of it, with all that an answer shows."""
    found = _shown().filter(owner_id=owner_id, trashed_at__isnull=not narrowed.trashed)
    if narrowed.state and narrowed.state != "trashed":
        found = found.filter(state=narrowed.state)
    if narrowed.format:
        found = found.filter(format=narrowed.format)
    if narrowed.tag:
        found = found.filter(tags__name=narrowed.tag)
    if narrowed.words:
        found = found.filter(
            Q(title__icontains=narrowed.words) | Q(filename__icontains=narrowed.words)
        )
    return found


def image_for_owner(*, image_id: UUID, owner_id: UUID) -> Image:
    """The image, if ``owner_id`` owns it. Someone else's image does not exist: `ImageNotFound`."""
    image = next(iter(_OF_OWNER.rows(image_id=image_id, owner_id=owner_id)), None)
    if image is None:
        raise ImageNotFound
    _prefetched(image, "tags", _TAGS_OF.rows(image_id=image_id))
    _prefetched(image, "renditions", _RENDITIONS_OF.rows(image_id=image_id))
    return image


def image_with_bytes(*, owner_id: UUID, sha256: str) -> Image | None:
    """The owner's image with exactly these bytes that is not in the trash."""
    return _shown().filter(owner_id=owner_id, sha256=sha256, trashed_at__isnull=True).first()


def renditions_of(*, image_id: UUID, specs: Sequence[str] | None = None) -> list[Rendition]:
    """The renditions of an image, oldest first; only those of ``specs`` when given."""
    found = Rendition.objects.filter(image_id=image_id).order_by("created_at", "id")
    return list(found if specs is None else found.filter(spec__in=specs))


def _shown() -> QuerySet[Image]:
    return _described().prefetch_related(
        "tags", Prefetch("renditions", Rendition.objects.order_by("created_at", "id"))
    )


def _described() -> QuerySet[Image]:
    latest = Job.objects.filter(image_id=OuterRef("pk")).order_by("-created_at", "-id")
    return Image.objects.exclude(state=Image.State.PURGED).annotate(
        job_id=Subquery(latest.values("id")[:1]), job_state=Subquery(latest.values("state")[:1])
    )


_OF_OWNER: Final = Statement(
    lambda image_id, owner_id: _described().filter(id=image_id, owner_id=owner_id)
)
_TAGS_OF: Final = Statement(lambda image_id: Tag.objects.filter(image_id=image_id).order_by("id"))
_RENDITIONS_OF: Final = Statement(
    lambda image_id: Rendition.objects.filter(image_id=image_id).order_by("created_at", "id")
)


def _prefetched(image: Image, name: str, rows: Sequence[Model]) -> None:
    """Put ``rows`` where Django's own prefetch puts them; that one compiles its query each time."""
    found = getattr(image, name).all()
    found._result_cache = rows  # noqa: SLF001 - there is no public way in
    found._prefetch_done = True  # noqa: SLF001 - likewise
    cache: dict[str, object] = image.__dict__.setdefault("_prefetched_objects_cache", {})
    cache[name] = found
