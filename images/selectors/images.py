"""Reads of images and their renditions."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import OuterRef, Prefetch, Q, QuerySet, Subquery

from images.errors import ImageNotFound
from images.models import Image, Job, Rendition


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
    try:
        return _shown().get(id=image_id, owner_id=owner_id)
    except Image.DoesNotExist as exc:
        raise ImageNotFound from exc


def image_with_bytes(*, owner_id: UUID, sha256: str) -> Image | None:
    """The owner's image with exactly these bytes that is not in the trash."""
    return _shown().filter(owner_id=owner_id, sha256=sha256, trashed_at__isnull=True).first()


def renditions_of(*, image_id: UUID, specs: Sequence[str] | None = None) -> list[Rendition]:
    """The renditions of an image, oldest first; only those of ``specs`` when given."""
    found = Rendition.objects.filter(image_id=image_id).order_by("created_at", "id")
    return list(found if specs is None else found.filter(spec__in=specs))


def _shown() -> QuerySet[Image]:
    latest = Job.objects.filter(image_id=OuterRef("pk")).order_by("-created_at", "-id")
    return (
        Image.objects.exclude(state=Image.State.PURGED)
        .annotate(
            job_id=Subquery(latest.values("id")[:1]), job_state=Subquery(latest.values("state")[:1])
        )
        .prefetch_related(
            "tags", Prefetch("renditions", Rendition.objects.order_by("created_at", "id"))
        )
    )
