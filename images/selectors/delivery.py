"""The one query that the delivery of bytes makes; finds nothing in the trash or withheld."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import connection
from django.db.models import QuerySet

from images.errors import ImageNotFound, RenditionNotFound, RenditionPending
from images.models import Image, Rendition

PENDING_RETRY_S = 2


@dataclass(frozen=True, slots=True)
class Deliverable:
    """Bytes that can be sent; ``checksum`` is their SHA-256, and so their strong ETag.

    They never change once they are there, so ``modified_at`` is when their row was made.
    """

    storage_key: str
    bytes: int
    mime: str
    checksum: str
    filename: str | None
    """What an attachment is called; ``None`` = shown in place."""
    modified_at: datetime


class _Lookup:
    """At most one row by an image and further text, compiled by Django once and then only sent.

    Building the query each time costs four times what PostgreSQL and its driver take for it.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, tuple[Any, ...]]]) -> None:
        self._build = build
        self._compiled: dict[str, _Compiled] = {}

    def row(self, image_id: UUID, *texts: str) -> tuple[Any, ...] | None:
        """The values of the row; ``None`` when there is none."""
        compiled = self._compiled.get(connection.vendor)
        if compiled is None:
            compiled = self._compiled[connection.vendor] = self._compile()
        sql, places, converters = compiled
        given = (_as_sent(image_id), *texts)
        with connection.cursor() as cursor:
            cursor.execute(sql, [given[place] for place in places])
            row: tuple[Any, ...] | None = cursor.fetchone()
        if row is None or not converters:
            return row
        values = list(row)
        for place, (converts, expression) in converters.items():
            for convert in converts:
                values[place] = convert(values[place], expression, connection)
        return tuple(values)

    def _compile(self) -> "_Compiled":
        # Parameters are recognised by value in the compiled SQL, so no mark is like another thing.
        image_id, *texts = [uuid4() for _ in inspect.signature(self._build).parameters]
        marks = [str(text) for text in texts]
        queryset = self._build(image_id, *marks)
        compiler = queryset.query.get_compiler(connection=connection)
        sql, parameters = compiler.as_sql()
        places = [[_as_sent(image_id), *marks].index(value) for value in parameters]
        return sql, places, compiler.get_converters([column[0] for column in compiler.select])


_Compiled = tuple[str, list[int], dict[int, tuple[list[Callable[..., Any]], Any]]]
"""The SQL, which given value each of its parameters is, and how values are read that need it."""


def _as_sent(value: UUID) -> UUID | str:
    """``value`` as the database takes it: SQLite keeps UUIDs as text."""
    return value if connection.features.has_native_uuid_field else value.hex


_ORIGINAL = _Lookup(
    lambda image_id: Image.objects.filter(
        id=image_id, trashed_at__isnull=True, withheld_at__isnull=True
    ).values_list("storage_key", "bytes", "mime", "sha256", "filename", "created_at")
)
_RENDITION = _Lookup(
    lambda image_id, spec: Rendition.objects.filter(
        image_id=image_id,
        spec=spec,
        image__trashed_at__isnull=True,
        image__withheld_at__isnull=True,
    ).values_list("state", "storage_key", "bytes", "mime", "checksum", "created_at")
)


def original_deliverable(*, image_id: UUID) -> Deliverable:
    """The original as its owner uploaded it. Raises `ImageNotFound`."""
    row = _ORIGINAL.row(image_id)
    if row is None:
        raise ImageNotFound
    return Deliverable(*row)


def rendition_deliverable(*, image_id: UUID, spec: str) -> Deliverable:
    """The rendition. Raises `RenditionPending` while it is made, else `RenditionNotFound`."""
    row = _RENDITION.row(image_id, spec)
    if row is None or row[0] == Rendition.State.FAILED:
        raise RenditionNotFound
    state, storage_key, size, mime, checksum, made_at = row
    if state == Rendition.State.PENDING:
        raise RenditionPending(retry_after_s=PENDING_RETRY_S)
    return Deliverable(storage_key, size or 0, mime, checksum, None, made_at)
