"""Queries that Django compiles once: on a small read it spends more on SQL text than on rows."""

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID, uuid4

from django.db import connection
from django.db.models import Model, QuerySet

Row = TypeVar("Row", bound=Model)
Converter = tuple[int, Sequence[Callable[..., Any]], Any]


class Statement(Generic[Row]):
    """A query by UUIDs, compiled at its first use and only sent from then on.

    ``build`` makes the query set from one UUID for each of its parameters; whatever else it
    compares with is compared with forever. Rows come with their annotations, without
    ``select_related``. Threads share it.
    """

    def __init__(self, build: Callable[..., QuerySet[Row]]) -> None:
        self._build = build
        self._compiled: dict[str, _Compiled[Row]] = {}

    def rows(self, **values: UUID) -> list[Row]:
        """The rows for ``values``."""
        compiled = self._compiled.get(connection.vendor)
        if compiled is None:
            compiled = self._compiled[connection.vendor] = self._compile()
        sent = [fixed if name is None else _sent(values[name]) for name, fixed in compiled.sent]
        with connection.cursor() as cursor:
            cursor.execute(compiled.sql, sent)
            return [compiled.row(list(row)) for row in cursor.fetchall()]

    def _compile(self) -> "_Compiled[Row]":
        """What Django's compiler says of the query, as `ModelIterable` uses it."""
        # Parameters are recognised by value in the compiled SQL, so the marks must be unlike any
        # other.
        marks = {name: uuid4() for name in inspect.signature(self._build).parameters}
        queryset = self._build(**marks)
        compiler = queryset.query.get_compiler(connection=connection)
        sql, parameters = compiler.as_sql()
        names = {_sent(mark): name for name, mark in marks.items()}
        fields = [field for field, _, _ in compiler.select]
        positions = compiler.klass_info["select_fields"]
        return _Compiled(
            model=queryset.model,
            sql=sql,
            sent=[(names.get(value), value) for value in parameters],
            columns=slice(positions[0], positions[-1] + 1),
            attributes=[fields[position].target.attname for position in positions],
            annotations=tuple(compiler.annotation_col_map.items()),
            converters=[
                (position, converters, field)
                for position, (converters, field) in compiler.get_converters(fields).items()
            ],
        )


@dataclass(frozen=True, slots=True)
class _Compiled(Generic[Row]):
    """SQL and parameters, those that stand for a value with its name; and how a row is read."""

    model: type[Row]
    sql: str
    sent: Sequence[tuple[str | None, Any]]
    columns: slice
    attributes: Sequence[str]
    annotations: Sequence[tuple[str, int]]
    converters: Sequence[Converter]

    def row(self, values: list[Any]) -> Row:
        for position, converters, field in self.converters:
            for converter in converters:
                values[position] = converter(values[position], field, connection)
        row = self.model.from_db(connection.alias, self.attributes, values[self.columns])
        for name, position in self.annotations:
            setattr(row, name, values[position])
        return row


def _sent(value: UUID) -> UUID | str:
    """``value`` as the database takes it: SQLite keeps UUIDs as text."""
    return value if connection.features.has_native_uuid_field else value.hex
