"""Images by words in their titles or file names, at a cost that does not grow with the library.

On PostgreSQL the rows nearest in the list are looked through first: words that many images have
fill a page from there. What is rarer is found by the index that migration 0007 builds of all runs
of three characters, each hashed with its owner, so that everybody's words lie apart. Shorter words
are in no index: they are looked for among the nearest rows, and the next page goes on from there.
SQLite, the embedded form's, looks through all that the owner has.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import BooleanField, F, Func, Q, QuerySet, UUIDField, Value

from images.models import Image
from platform_site.kit.rest.pagination import Edge

INDEXED_CHARACTERS: Final = 3
NEAR_ROWS: Final = 1_000
FAR_ROWS: Final = 10_000
EVERY_ROW: Final = 2**62
DENSE: Final = 8
"""Matches among the near rows with which the far ones are likely to fill a page."""
MATCHES: Final = """
    SELECT id FROM ({listed}) AS listed (id, title, filename)
    WHERE upper(title) LIKE upper(%s) OR upper(filename) LIKE upper(%s)
    LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class Found:
    """Images with the words, and where looking for more ended; ``None`` = not needed."""

    ids: Sequence[UUID]
    until: Edge | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """Rows of a list, in its order, and the names by which they lead to their images' fields."""

    rows: QuerySet[Any]
    id: str = "id"
    created_at: str = "created_at"
    image: str = ""

    def texts(self, count: int) -> QuerySet[Any, Any]:
        """Id, title and filename of the first ``count``."""
        names = (self.id, f"{self.image}title", f"{self.image}filename")
        return self.rows.values_list(*names)[:count]

    def edge_at(self, count: int) -> Edge | None:
        """The edge after ``count`` rows; ``None`` where the list has fewer."""
        edges = self.rows.values_list(self.created_at, self.id)
        return edges[count - 1 : count].first()


def has_words(words: str, *, owner_id: UUID) -> Q:
    """The condition that an image of the owner has the words, whatever the case."""
    found = Q(title__icontains=words) | Q(filename__icontains=words)
    if not is_indexed(words):
        return found
    wanted = _keys(Value(owner_id, UUIDField()), Value(words), Value(""))
    held = Func(
        _keys(F("owner_id"), F("title"), F("filename")),
        wanted,
        template="%(expressions)s",
        arg_joiner=" @> ",
        output_field=BooleanField(),
    )
    by_index = Image.objects.filter(held, found, owner_id=owner_id).values("id")
    # A limit that is never reached keeps PostgreSQL from working the keys out row by row along the
    # list, which it takes to be short.
    return Q(id__in=by_index[:EVERY_ROW])


def _keys(*of: F | Value) -> Func:
    return Func(*of, function="images_search_keys", output_field=BooleanField())


def is_indexed(words: str) -> bool:
    """Whether the index knows them."""
    return connection.vendor == "postgresql" and len(words) >= INDEXED_CHARACTERS


def found_nearby(listed: Listed, words: str, *, count: int) -> Found | None:
    """``count`` of the nearest rows that have the words; ``None`` to ask `has_words`.

    Fewer than ``count`` come only with the edge where looking ended, or at the list's end.
    """
    if connection.vendor != "postgresql":
        return None
    for rows in (NEAR_ROWS, FAR_ROWS):
        ids = _matching(listed, rows, words, count)
        last = None if len(ids) == count else listed.edge_at(rows)
        if last is None:
            return Found(ids)
        if is_indexed(words) and (rows == FAR_ROWS or len(ids) < DENSE):
            return None
    return Found(ids, last)


def _matching(listed: Listed, rows: int, words: str, count: int) -> list[UUID]:
    sql, parameters = listed.texts(rows).query.sql_with_params()
    pattern = f"%{connection.ops.prep_for_like_query(words)}%"
    with connection.cursor() as cursor:
        cursor.execute(MATCHES.format(listed=sql), [*parameters, pattern, pattern, count])
        return [row[0] for row in cursor.fetchall()]
