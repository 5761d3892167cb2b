"""What the renditions of an image, taken together, say about the image."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from typing import Final
from uuid import UUID

from django.db import connection
from django.db.models import F, QuerySet
from django.utils import timezone

from images.models import Image, Rendition
from images.renditions import parse_spec, preset_of
from images.storage import rendition_key


@dataclass(frozen=True, slots=True)
class MadeRendition:
    """What the row of a rendition says once its bytes are in the store; fields are its columns."""

    spec: str
    storage_key: str
    bytes: int
    checksum: str
    width: int
    height: int
    mime: str


_COLUMNS: Final = tuple(field.name for field in fields(MadeRendition))
_WRITE: Final = (
    "UPDATE images_rendition SET state = %s, "  # noqa: S608 - names of columns, and marks
    + ", ".join(f"{name} = made.column{at}" for at, name in enumerate(_COLUMNS[1:], 2))
    + " FROM (VALUES {marks}) AS made WHERE image_id = %s AND images_rendition.spec = made.column1"
)
_MARKS: Final = f"({', '.join(['%s'] * len(_COLUMNS))})"


def image_settle(*, image_id: UUID, **changes: object) -> None:
    """Set the state that follows from the renditions, and write ``changes``, in a transaction.

    A purged image stays as it is.
    """
    # The lock makes two runs that end for one image take turns, so that the second counts what the
    # first has made; without it each could leave the image waiting for the other.
    if Image.objects.select_for_update().filter(id=image_id).values_list("id").first() is None:
        return
    states = Rendition.objects.filter(image_id=image_id).values_list("state", flat=True)
    image_touch(image_id=image_id, state=_state(Counter(states)), **changes)


def renditions_write(*, image_id: UUID, made: Sequence[MadeRendition]) -> None:
    """Say in the rows that these are ready: one statement for all of them.

    A row that is gone is not made anew.
    """
    if not made:
        return
    # SQLite keeps ids as text.
    key = image_id if connection.features.has_native_uuid_field else image_id.hex
    values = [value for one in made for value in astuple(one)]
    with connection.cursor() as cursor:
        # Written out: of an update with other values for each row Django makes a CASE for each
        # column, which costs it more than all else that is written about a run.
        cursor.execute(
            _WRITE.format(marks=", ".join([_MARKS] * len(made))),
            [Rendition.State.READY.value, *values, key],
        )


def image_touch(*, image_id: UUID, **changes: object) -> bool:
    """Write ``changes`` to the image and mark that readers see something new; false: it is gone.

    In a transaction the image is locked from then on.
    """
    return images_touch(Image.objects.filter(id=image_id), **changes)


def images_touch(found: QuerySet[Image], **changes: object) -> bool:
    """Write ``changes`` to each of ``found`` that is not purged; whether there was any."""
    shown = found.exclude(state=Image.State.PURGED)
    return bool(shown.update(**changes, version=F("version") + 1, updated_at=timezone.now()))


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


def _state(counts: Counter[str]) -> Image.State:
    ready = counts[Rendition.State.READY]
    if counts[Rendition.State.PENDING]:
        return Image.State.PROCESSING
    if not counts:  # none was asked for, which is not the same as none is ready
        return Image.State.UPLOADED
    if ready == counts.total():
        return Image.State.READY
    return Image.State.PARTIALLY_READY if ready else Image.State.FAILED
