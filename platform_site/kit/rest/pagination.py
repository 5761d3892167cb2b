"""Pages by cursor: newest first by ``(created_at, id)``, no count, steady while rows arrive."""

import base64
import binascii
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Generic, Protocol, TypeVar
from uuid import UUID

from django.db.models import F, Model, QuerySet
from django.db.models.fields.tuple_lookups import TupleGreaterThan, TupleLessThan

from platform_site.kit.rest.problems import FieldError, InvalidRequest

LIMIT_DEFAULT: Final = 50
LIMIT_MAX: Final = 200
LIMIT: Final = re.compile(r"[0-9]{1,9}")

Row = TypeVar("Row", bound=Model)
Shown = TypeVar("Shown")
Edge = tuple[datetime, UUID]
"""The row beyond which a page lies, by what orders it."""


class Window(Protocol[Shown]):
    """Reads rows, which have ``created_at`` and ``id``."""

    def __call__(self, *, edge: Edge | None, backwards: bool, count: int) -> list[Shown]:
        """The first ``count`` rows of `windowed`; or a `Partial` of them."""
        ...


class Partial(list[Shown]):
    """Rows of a search that gave up before the list's end: the next page goes on from ``until``."""

    def __init__(self, rows: Iterable[Shown], until: Edge) -> None:
        super().__init__(rows)
        self.until = until


@dataclass(frozen=True, slots=True)
class Page(Generic[Shown]):
    """One page of rows; a cursor is ``None`` where the list ends."""

    items: Sequence[Shown]
    next_cursor: str | None
    previous_cursor: str | None


def page_of(queryset: QuerySet[Row], *, limit: int, cursor: str | None) -> Page[Row]:
    """The page at ``cursor`` (``None`` = the newest). Raises `InvalidRequest` on a bad cursor."""

    def window(*, edge: Edge | None, backwards: bool, count: int) -> list[Row]:
        return list(windowed(queryset, edge=edge, backwards=backwards)[:count])

    return page_by(window, limit=limit, cursor=cursor)


def page_by(window: Window[Shown], *, limit: int, cursor: str | None) -> Page[Shown]:
    """The same of the rows that ``window`` reads."""
    backwards, edge = _decoded(cursor) if cursor else (False, None)
    # One row more than the page tells whether there is a next one, without counting the table.
    found = window(edge=edge, backwards=backwards, count=limit + 1)
    rows = found[:limit]
    ahead = found.until if isinstance(found, Partial) else None
    if len(found) > limit:
        ahead = edge_of(rows[-1])
    behind = edge_of(rows[0]) if rows and edge is not None else None
    if backwards:
        rows.reverse()
        ahead, behind = behind, ahead
    return Page(
        items=rows,
        next_cursor=cursor_at("n", ahead) if ahead else None,
        previous_cursor=cursor_at("p", behind) if behind else None,
    )


def edge_of(row: Any) -> Edge:
    """The edge beyond which the rows after ``row`` are."""
    return row.created_at, row.id


def limit_from(raw: str | None) -> int:
    """``?limit=`` as a number from 1 to 200, 50 when absent. Raises `InvalidRequest`."""
    if raw is None:
        return LIMIT_DEFAULT
    if not LIMIT.fullmatch(raw) or not 1 <= int(raw) <= LIMIT_MAX:
        raise _invalid("/limit", f"A whole number from 1 to {LIMIT_MAX}.")
    return int(raw)


def windowed(
    queryset: QuerySet[Row],
    *,
    edge: Edge | None,
    backwards: bool,
    by: tuple[str, str] = ("created_at", "id"),
) -> QuerySet[Row]:
    """The rows beyond ``edge``, the nearest to it first; ``by`` names what edges are made of."""
    beyond, sign = (TupleGreaterThan, "") if backwards else (TupleLessThan, "-")
    if edge is not None:
        # The id breaks the tie of rows that were made in the same microsecond. Compared as one row
        # value: that is a range of the index that orders the list, where the same words with OR
        # read it from its beginning.
        queryset = queryset.filter(beyond(tuple(map(F, by)), edge))
    return queryset.order_by(*(f"{sign}{name}" for name in by))


def cursor_at(direction: str, edge: Edge) -> str:
    """The cursor of what is older than ``edge`` (``n``), or newer (``p``)."""
    text = f"{direction}|{edge[0].isoformat()}|{edge[1]}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _decoded(cursor: str) -> tuple[bool, Edge]:
    try:
        # A cursor stands in URLs, so its padding is left out there.
        padded = cursor + "=" * (-len(cursor) % 4)
        direction, created_at, row_id = base64.urlsafe_b64decode(padded).decode().split("|")
        moment = datetime.fromisoformat(created_at)
        edge = (moment.astimezone(UTC), UUID(row_id))
    except (ValueError, OverflowError, binascii.Error) as exc:
        raise _invalid("/cursor", "Use a cursor that the API gave.") from exc
    if direction not in {"n", "p"} or moment.tzinfo is None:
        raise _invalid("/cursor", "Use a cursor that the API gave.")
    return direction == "p", edge


def _invalid(pointer: str, detail: str) -> InvalidRequest:
    return InvalidRequest(
        "A query parameter is not valid.", errors=[FieldError(pointer, "invalid", detail)]
    )
