"""Reads of many images at once: those that a caller names by ids, by a filter, or by one deletion.

Someone else's image is in no selection, and neither is a purged one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from images.models import Image, Tag
from images.selectors.images import ImageFilter, images_of_owner


@dataclass(frozen=True, slots=True)
class Selection:
    """Exactly one of ``ids``, ``narrowed`` and ``trashed_at`` is set.

    ``except_ids`` and ``expected_count``, the number that the caller was shown, go with
    ``narrowed``.
    """

    ids: Sequence[UUID] | None = None
    narrowed: ImageFilter | None = None
    except_ids: Sequence[UUID] = ()
    expected_count: int | None = None
    trashed_at: datetime | None = None


def images_selected(*, owner_id: UUID, selection: Selection) -> QuerySet[Image]:
    """What the owner has of the selection, in the trash or out of it."""
    if selection.narrowed is not None:
        found = images_of_owner(owner_id=owner_id, narrowed=selection.narrowed)
        return found.exclude(id__in=selection.except_ids)
    found = Image.objects.filter(owner_id=owner_id).exclude(state=Image.State.PURGED)
    if selection.ids is not None:
        return found.filter(id__in=selection.ids)
    return found.filter(trashed_at=selection.trashed_at)


def with_twin(found: QuerySet[Image]) -> QuerySet[Image]:
    """Those of ``found`` whose bytes the owner also has in an image that is not in the trash."""
    return _with_twins(found).filter(twin__isnull=False)


def without_twin(found: QuerySet[Image]) -> QuerySet[Image]:
    """The others of ``found``."""
    return _with_twins(found).filter(twin__isnull=True)


def lacking_tags(found: QuerySet[Image], *, names: Sequence[str]) -> QuerySet[Image]:
    """Those of ``found`` that lack one of ``names``."""
    return _with_tags(found, names).filter(tags_named__lt=len(names))


def tags_fit(found: QuerySet[Image], *, names: Sequence[str], most: int) -> QuerySet[Image]:
    """Those of ``found`` that have ``most`` tags or fewer once they have all of ``names``."""
    return _with_tags(found, names).filter(tags_others__lte=most - len(names))


def _with_tags(found: QuerySet[Image], names: Sequence[str]) -> QuerySet[Any]:
    of_image = Tag.objects.filter(image=OuterRef("pk"))
    return found.annotate(
        tags_named=_counted(of_image.filter(name__in=names)),
        tags_others=_counted(of_image.exclude(name__in=names)),
    )


def _with_twins(found: QuerySet[Image]) -> QuerySet[Any]:
    """A value for each row and no EXISTS, of which PostgreSQL makes a join.

    Without fresh statistics, as after much was trashed, it joins all with all: 144 million pairs of
    12,000 images.
    """
    there = Image.objects.filter(trashed_at=None)
    same = there.filter(owner_id=OuterRef("owner_id"), sha256=OuterRef("sha256"))
    return found.annotate(twin=Subquery(same.values("id")[:1]))


def _counted(tags: QuerySet[Tag]) -> Coalesce:
    by_image = tags.order_by().values("image").annotate(count=Count("id"))
    return Coalesce(Subquery(by_image.values("count")), 0)
