"""What an owner does with many images at once, by the rules for one (`edit`, `deletion`).

Each is one short transaction. An image to which the action does not apply any more is left as it
is, so the same call again changes nothing.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

import structlog
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from images.errors import ImageExists, SelectionChanged
from images.models import Image, Job, Tag
from images.selectors.images import images_of_owner
from images.selectors.selections import (
    Selection,
    images_selected,
    lacking_tags,
    tags_fit,
    with_twin,
    without_twin,
)
from images.services.acts import acts_record
from images.services.deletion import DELETED, images_purge
from images.services.edit import images_move
from images.services.image_state import images_touch
from platform_site.kit.database import statements_of

log = structlog.get_logger(__name__)

ROWS_MAX: Final = 10_000
"""Rows that one call writes; how many are left is reported, and they are the next call's."""
NAMED_IMAGES: Final = 100
"""Images that one entry of the audit names, so that none is long; further ones name the rest."""
TAGS_MAX: Final = 20
"""Tags that one image may have."""
STATEMENT_S: Final = 8.0
"""Many rows are changed by one statement, for which the gateway waits ten seconds."""

Narrow = Callable[[QuerySet[Image]], QuerySet[Image]]


@dataclass(frozen=True, slots=True)
class SelectionOutcome:
    """What became of a selection of ``matched`` images; ``remaining`` are still to be changed.

    ``skipped`` counts, by the code of its refusal, what cannot be changed. ``trashed_at`` is the
    moment that all images of one deletion share.
    """

    matched: int
    changed: int
    remaining: int
    skipped: Mapping[str, int] = field(default_factory=dict)
    trashed_at: datetime | None = None
    job: Job | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """The images to be changed, locked; ``found`` is all of the selection."""

    ids: Sequence[UUID]
    found: QuerySet[Image]
    matched: int
    remaining: int


def selection_trash(*, owner_id: UUID, selection: Selection) -> SelectionOutcome:
    """Hide them; all get one ``trashed_at``. Raises `SelectionChanged`."""
    with _taken(owner_id, selection, lambda found: found.filter(trashed_at=None)) as taken:
        moment = timezone.now()
        changed = images_move(Image.objects.filter(id__in=taken.ids), trashed_at=moment)
    log.info("images_trashed", owner_id=str(owner_id), images=changed)
    trashed_at = moment if changed else None
    return SelectionOutcome(taken.matched, changed, taken.remaining, trashed_at=trashed_at)


def selection_restore(*, owner_id: UUID, selection: Selection) -> SelectionOutcome:
    """Take them out of the trash, unless the same bytes are there. Raises `SelectionChanged`.

    Of several with the same bytes the one uploaded last comes back. `ImageExists` when the same
    bytes arrive in the very moment, twice.
    """
    # The same bytes may be uploaded between the count and the write. The second try counts them.
    for _try in range(2):
        try:
            return _restored(owner_id, selection)
        except IntegrityError as exc:
            clash = exc
    raise ImageExists from clash


def selection_delete(*, owner_id: UUID, selection: Selection) -> SelectionOutcome:
    """Hide them for good and make one job that deletes them. Raises `SelectionChanged`."""
    with _taken(owner_id, selection, lambda found: found) as taken:
        job = _purged(owner_id, taken.ids) if taken.ids else None
    log.info("images_purged", owner_id=str(owner_id), images=len(taken.ids))
    return SelectionOutcome(taken.matched, len(taken.ids), taken.remaining, job=job)


def _purged(owner_id: UUID, ids: Sequence[UUID]) -> Job:
    job = images_purge(owner_id=owner_id, ids=ids)
    hundreds = [ids[first : first + NAMED_IMAGES] for first in range(0, len(ids), NAMED_IMAGES)]
    each = [
        {"images": str(len(named)), "ids": " ".join(map(str, named)), "job": str(job.id)}
        for named in hundreds
    ]
    acts_record(DELETED, owner_id=owner_id, by=owner_id, each=each)
    return job


def selection_tag(
    *, owner_id: UUID, selection: Selection, names: Sequence[str]
) -> SelectionOutcome:
    """Put tags on them beside those that they have; nothing in the trash is tagged.

    An image that would have more than 20 is left out. Raises `SelectionChanged`.
    """

    def lacking(found: QuerySet[Image]) -> QuerySet[Image]:
        return lacking_tags(found.filter(trashed_at=None), names=names)

    def tagged(found: QuerySet[Image]) -> QuerySet[Image]:
        return tags_fit(lacking(found), names=names, most=TAGS_MAX)

    with _taken(owner_id, selection, tagged, rows=ROWS_MAX // len(names)) as taken:
        left_out = lacking(taken.found).count() - tagged(taken.found).count()
        images = Image.objects.filter(id__in=taken.ids)
        tags = [Tag.of(image, name) for image in images for name in names]
        Tag.objects.bulk_create(tags, ignore_conflicts=True)
        images_touch(images)
    log.info("images_tagged", owner_id=str(owner_id), images=len(taken.ids))
    skipped = {"too_many_tags": left_out} if left_out else {}
    return SelectionOutcome(taken.matched, len(taken.ids), taken.remaining, skipped)


def _restored(owner_id: UUID, selection: Selection) -> SelectionOutcome:
    def lost(found: QuerySet[Image]) -> QuerySet[Image]:
        return without_twin(found.filter(trashed_at__isnull=False))

    with _taken(owner_id, selection, lost) as taken:
        there = with_twin(taken.found.filter(trashed_at__isnull=False)).count()
        rows = Image.objects.filter(id__in=taken.ids).order_by("id")
        last = dict(rows.values_list("sha256", "id"))  # of one key the last value stays
        changed = images_move(Image.objects.filter(id__in=last.values()), trashed_at=None)
    log.info("images_restored", owner_id=str(owner_id), images=changed)
    twins = there + len(taken.ids) - len(last)
    skipped = {ImageExists.code: twins} if twins else {}
    return SelectionOutcome(taken.matched, changed, taken.remaining, skipped)


@contextmanager
def _taken(
    owner_id: UUID, selection: Selection, narrow: Narrow, *, rows: int | None = None
) -> Iterator[Taken]:
    """The images of the selection to which the action applies, locked while the block runs.

    They are locked in the order of their ids, so that two actions wait for each other and never
    both. Raises `SelectionChanged`: the count comes after the rows, so that none is changed that
    was not counted.
    """
    limit = ROWS_MAX if rows is None else rows
    found = images_selected(owner_id=owner_id, selection=selection)
    mine = narrow(found.filter(withheld_at=None)).order_by("id")
    with transaction.atomic(), statements_of(STATEMENT_S):
        ids = list(mine.select_for_update().values_list("id", flat=True)[:limit])
        _count_check(owner_id, selection)
        left = mine.count() - len(ids) if len(ids) == limit else 0
        yield Taken(ids, found.filter(withheld_at=None), found.count(), left)


def _count_check(owner_id: UUID, selection: Selection) -> None:
    if selection.narrowed is None:
        return
    count = images_of_owner(owner_id=owner_id, narrowed=selection.narrowed).count()
    if count != selection.expected_count:
        raise SelectionChanged(count)
