"""Queries that Django compiles once: on a small read it spends more on SQL text than on rows."""

import inspect
from collections.abc import Callable
from typing import Any, Generic, TypeVar
from uuid import UUID, uuid4

from django.db import connection
from django.db.models import Model, QuerySet
from django.db.models.query import RawQuerySet

Row = TypeVar("Row", bound=Model)


class Statement(Generic[Row]):
    """A query by UUIDs, compiled at its first use and only sent from then on.

    ``build`` makes the query set from one UUID for each of its parameters; whatever else it
    compares with is compared with forever. Rows come with their annotations, without
    ``select_related``. Threads share it.
    """

    def __init__(self, build: Callable[..., QuerySet[Row]]) -> None:
        self._build = build
        self._compiled: dict[str, tuple[type[Row], str, list[tuple[str | None, Any]]]] = {}

    def rows(self, **values: UUID) -> "RawQuerySet[Row]":
        """The rows for ``values``, fetched when they are asked for."""
        if connection.vendor not in self._compiled:
            self._compiled[connection.vendor] = self._compile()
        model, sql, parameters = self._compiled[connection.vendor]
        sent = [fixed if name is None else _sent(values[name]) for name, fixed in parameters]
        return model._default_manager.raw(sql, sent)  # noqa: SLF001 - Django's public name for it

    def _compile(self) -> tuple[type[Row], str, list[tuple[str | None, Any]]]:
        """SQL and parameters; those that stand for a value carry its name."""
        marks = {name: uuid4() for name in inspect.signature(self._build).parameters}
        queryset = self._build(**marks)
        sql, parameters = queryset.query.sql_with_params()
        names = {_sent(mark): name for name, mark in marks.items()}
        return queryset.model, sql, [(names.get(value), value) for value in parameters]


def _sent(value: UUID) -> UUID | str:
    """``value`` as the database takes it: SQLite keeps UUIDs as text."""
    return value if connection.features.has_native_uuid_field else value.hex
