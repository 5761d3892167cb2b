"""Reads of images and their renditions."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db.models import Func, IntegerField, OuterRef, Q, QuerySet, Subquery

from images.errors import ImageNotFound
from images.models import Image, Job, Rendition, Tag
from images.selectors.json_columns import JSONColumns
from images.selectors.search import Listed, found_nearby, has_words
from platform_site.kit.rest.pagination import (
    LIMIT_MAX,
    Edge,
    Page,
    Partial,
    page_by,
    windowed,
)
from platform_site.kit.statements import Statement

SHOWN_STATES: Final = (
    *(state for state in Image.State.values if state != Image.State.PURGED),
    "trashed",
)
"""The states that are shown and may be filtered by: a purged image exists for nobody."""


class ImageFilter(NamedTuple):
    """What a list of images is narrowed to; ``None`` does not narrow. ``words`` is searched for
    in title and filename, whatever the case.
    """  # noqa: D205

    state: str | None = None
    tag: str | None = None
    words: str | None = None
    format: str | None = None
    trashed: bool = False


def images_of_owner(*, owner_id: UUID, narrowed: ImageFilter) -> QuerySet[Image]:
    """The owner's images, in the trash or out of it, as far as ``narrowed`` lets them.

    For what is done to all of them; a page of them is `images_paged`.
    """
    found = Image.objects.filter(_fits(owner_id, narrowed))
    if narrowed.tag:
        found = found.filter(tags__owner_id=owner_id, tags__name=narrowed.tag)
    if narrowed.words:
        found = found.filter(has_words(narrowed.words, owner_id=owner_id))
    return found


class ImageRow(NamedTuple):
    """An image with all that an answer shows of it: JSON texts of the columns named below."""

    id: UUID
    created_at: datetime
    version: int
    columns: str
    tags: str | None
    renditions: str | None
    job: str | None
    """Of its newest job; ``None`` when there is none."""


IMAGE_COLUMNS: Final = JSONColumns(
    Image,
    "id",
    "state",
    "title",
    "filename",
    "format",
    "width",
    "height",
    "bytes",
    "sha256",
    "placeholder",
    "animated",
    "has_alpha",
    "complete",
    "created_at",
    "updated_at",
    "trashed_at",
)
TAG_COLUMNS: Final = JSONColumns(Tag, "id", "name")
RENDITION_COLUMNS: Final = JSONColumns(
    Rendition,
    "id",
    "spec",
    "preset",
    "format",
    "width",
    "height",
    "bytes",
    "state",
    "created_at",
)
JOB_COLUMNS: Final = JSONColumns(Job, "id", "state")


def image_row(*, image_id: UUID, owner_id: UUID) -> ImageRow:
    """The image as it is shown, if ``owner_id`` owns it. Raises `ImageNotFound`."""
    found = next(iter(_ROW.tuples(image_id=image_id, owner_id=owner_id)), None)
    if found is None:
        raise ImageNotFound
    return ImageRow._make(found)


def images_paged(
    *, owner_id: UUID, narrowed: ImageFilter, limit: int, cursor: str | None
) -> Page[ImageRow]:
    """A page of `images_of_owner`, newest first, by one statement. Raises as `page_by`.

    Words take two or three: `images.selectors.search`.
    """
    shape = _shaped(narrowed)

    def window(*, edge: Edge | None, backwards: bool, count: int) -> list[ImageRow]:
        if narrowed.words:
            return _with_words(owner_id, narrowed, edge, backwards, count)
        rows = _PAGE.tuples(
            owner_id=owner_id, narrowed=shape, edge=edge, backwards=backwards, at_most=count
        )
        return list(map(ImageRow._make, rows))

    return page_by(window, limit=limit, cursor=cursor)


def image_count(*, owner_id: UUID, narrowed: ImageFilter) -> int:
    """How many images `images_of_owner` has."""
    found = _COUNT.anew if narrowed.words else _COUNT.tuples
    ((count,),) = found(owner_id=owner_id, narrowed=_shaped(narrowed))
    return int(count)


def image_for_owner(*, image_id: UUID, owner_id: UUID) -> Image:
    """The image, if ``owner_id`` owns it. Someone else's image does not exist: `ImageNotFound`."""
    image = next(iter(_OF_OWNER.rows(image_id=image_id, owner_id=owner_id)), None)
    if image is None:
        raise ImageNotFound
    return image


def image_with_bytes(*, owner_id: UUID, sha256: str) -> Image | None:
    """The owner's image with exactly these bytes that is not in the trash."""
    return next(iter(_WITH_BYTES.rows(owner_id=owner_id, sha256=sha256)), None)


def renditions_of(*, image_id: UUID, specs: Sequence[str] | None = None) -> list[Rendition]:
    """The renditions of an image, oldest first; only those of ``specs`` when given."""
    found = Rendition.objects.filter(image_id=image_id).order_by("created_at", "id")
    return list(found if specs is None else found.filter(spec__in=specs))


def _present() -> QuerySet[Image]:
    return Image.objects.exclude(state=Image.State.PURGED)


def _as_rows(found: QuerySet[Image]) -> QuerySet[Image, Any]:
    """What `ImageRow` is made of, in its order."""
    of_image = {"image_id": OuterRef("pk")}
    newest = Job.objects.filter(**of_image).order_by("-created_at", "-id")
    return found.values_list(
        "id",
        "created_at",
        "version",
        IMAGE_COLUMNS.of_row(),
        Subquery(Tag.objects.filter(**of_image).values_list(TAG_COLUMNS.of_rows())),
        Subquery(Rendition.objects.filter(**of_image).values_list(RENDITION_COLUMNS.of_rows())),
        Subquery(newest.values_list(JOB_COLUMNS.of_row())[:1]),
    )


def _shaped(narrowed: ImageFilter) -> ImageFilter:
    """The same for a statement, which may not branch on the word of a state."""
    return narrowed._replace(state=None) if narrowed.state == "trashed" else narrowed


def _fits(owner_id: UUID, narrowed: ImageFilter, image: str = "") -> Q:
    """All but words and tag, of an image or of what ``image`` leads to one from."""
    fits = Q(**{f"{image}owner_id": owner_id, f"{image}trashed_at__isnull": not narrowed.trashed})
    if narrowed.state and narrowed.state != "trashed":
        fits &= Q(**{f"{image}state": narrowed.state})
    if narrowed.format:
        fits &= Q(**{f"{image}format": narrowed.format})
    return fits & ~Q(**{f"{image}state": Image.State.PURGED})


def _beyond(
    owner_id: UUID,
    narrowed: ImageFilter,
    edge: Edge | None,
    backwards: bool,  # noqa: FBT001
) -> Listed:
    """The list beyond ``edge``, as `windowed`, whatever its words."""
    if narrowed.tag is None:
        found = Image.objects.filter(_fits(owner_id, narrowed))
        return Listed(windowed(found, edge=edge, backwards=backwards))
    tags = Tag.objects.filter(
        _fits(owner_id, narrowed, "image__"), owner_id=owner_id, name=narrowed.tag
    )
    tags = windowed(tags, edge=edge, backwards=backwards, by=("image_created_at", "image_id"))
    return Listed(tags, id="image_id", created_at="image_created_at", image="image__")


def _with_words(
    owner_id: UUID,
    narrowed: ImageFilter,
    edge: Edge | None,
    backwards: bool,  # noqa: FBT001
    count: int,
) -> list[ImageRow]:
    listed = _beyond(owner_id, narrowed, edge, backwards)
    found = found_nearby(listed, narrowed.words or "", count=count)
    if found is None:
        images = images_of_owner(owner_id=owner_id, narrowed=narrowed)
    else:
        edge, images = None, Image.objects.filter(id__in=found.ids)
    nearest = windowed(images, edge=edge, backwards=backwards)[:count]
    rows = list(map(ImageRow._make, _as_rows(nearest)))
    return Partial(rows, found.until) if found and found.until else rows


def _page(
    owner_id: UUID,
    narrowed: ImageFilter,
    edge: Edge | None,
    backwards: bool,  # noqa: FBT001
) -> QuerySet[Image, Any]:
    listed = _beyond(owner_id, narrowed, edge, backwards).rows
    if narrowed.tag:
        images = Image.objects.filter(id__in=listed.values("image_id")[: LIMIT_MAX + 1])
        listed = windowed(images, edge=None, backwards=backwards)
    return _as_rows(listed)


_PAGE: Final = Statement(_page)
_ROW: Final = Statement(
    lambda image_id, owner_id: _as_rows(_present().filter(id=image_id, owner_id=owner_id))
)
_OF_OWNER: Final = Statement(
    lambda image_id, owner_id: _present().filter(id=image_id, owner_id=owner_id)
)
_WITH_BYTES: Final = Statement(
    lambda owner_id, sha256: _present().filter(
        owner_id=owner_id, sha256=sha256, trashed_at__isnull=True
    )
)
_COUNT: Final = Statement(
    lambda owner_id, narrowed: images_of_owner(owner_id=owner_id, narrowed=narrowed).values_list(
        Func(template="COUNT(*)", output_field=IntegerField())
    )
)
