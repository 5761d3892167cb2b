"""Columns of rows as one JSON text, which the database makes and Python reads when it must.

A text is one value of a row however many rows it tells of, and it compares as a whole: whoever
remembers what was made of it never shows what the rows no longer say.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

import orjson
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, DateTimeField, Func, Model, TextField, UUIDField
from django.db.models.functions import Cast
from django.db.models.sql.compiler import SQLCompiler

LENGTH: Final = 36
"""Of the text of a UUID."""


class JSONColumns:
    """The columns ``names`` of a row of ``model``, or of many, as a JSON text and back."""

    def __init__(self, model: type[Model], *names: str) -> None:
        self._names = names
        kinds = [type(model._meta.get_field(name)) for name in names]  # noqa: SLF001 - public
        self._readers = [(at, READERS[kind]) for at, kind in enumerate(kinds) if kind in READERS]

    def of_row(self) -> Cast:
        """The text of one row."""
        return _text(_Array(*self._names))

    def of_rows(self) -> Cast:
        """The text of all rows of a query set, to be its one column."""
        return _text(_Rows(_Array(*self._names)))

    def read(self, text: str) -> dict[str, Any]:
        """The columns of one row by their names, each in the type of its field; ids are texts."""
        return self._read(orjson.loads(text))

    def read_all(self, text: str | None) -> list[dict[str, Any]]:
        """The columns of each row, in no order; PostgreSQL says null for no rows."""
        return [self._read(row) for row in orjson.loads(text or "[]")]

    def _read(self, row: list[Any]) -> dict[str, Any]:
        for at, reader in self._readers:
            if row[at] is not None:
                row[at] = reader(row[at])
        return dict(zip(self._names, row, strict=True))


def _moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)  # SQLite keeps them without


def _hyphened(text: str) -> str:
    return text if len(text) == LENGTH else str(UUID(text))  # SQLite keeps them without hyphens


READERS: Final[dict[type, Callable[[Any], Any]]] = {
    UUIDField: _hyphened,
    DateTimeField: _moment,
    BooleanField: bool,
}
"""What JSON has no type for, or SQLite: it says 1 for true."""


class _Array(Func):
    function = "json_build_array"
    output_field = TextField()

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra_context: Any
    ) -> Any:
        return self.as_sql(compiler, connection, function="json_array", **extra_context)


class _Rows(Func):
    """An aggregate of all rows. To Django it is a plain function, or it would group them."""

    function = "json_agg"
    output_field = TextField()

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra_context: Any
    ) -> Any:
        return self.as_sql(compiler, connection, function="json_group_array", **extra_context)


def _text(expression: Func) -> Cast:
    """As text: psycopg would read JSON by itself."""
    return Cast(expression, TextField())
