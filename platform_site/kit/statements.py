"""Queries that Django compiles once: on a small read it spends more on SQL text than on rows."""

import inspect
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Generic, Self, TypeVar
from uuid import UUID, uuid4

from django.db import connection
from django.db.models import Model, QuerySet
from django.db.models.query import RelatedPopulator, get_related_populators
from django.db.models.sql import InsertQuery, UpdateQuery

Row = TypeVar("Row", bound=Model)
Built = TypeVar("Built")
Converter = tuple[int, Sequence[Callable[..., Any]], Any]
Place = tuple[str, int | None]
"""Where a value is: by its name, and by its index where that is a tuple."""

_MOMENT: Final = datetime(2000, 1, 1, tzinfo=UTC)
_MICROSECONDS: Final = 10**17
_related_populators: Final[Callable[..., Any]] = get_related_populators
"""As this release of Django has it; its stubs are of a later one."""


class Statement(Generic[Row]):
    """A query compiled at the first use of each shape of its values, and only sent from then on.

    ``build`` makes the query set of UUIDs, texts, times, and tuples of them. What is ``None``, true
    or false, and how long a tuple is, make up the shape: on these alone may ``build`` branch, and
    whatever else it compares with is compared with forever. Threads share it.
    """

    def __init__(self, build: Callable[..., QuerySet[Row, Any]]) -> None:
        self._build = build
        self._names = tuple(inspect.signature(build).parameters)
        self._compiled: dict[Hashable, _Compiled] = {}

    def rows(self, **values: Any) -> list[Row]:
        """The rows for ``values``, with their annotations and what ``select_related`` joins."""
        compiled = self._compiled_for(values)
        return [compiled.instance(row) for row in self._sent(compiled, values)]

    def rows_of(self, change: "Change", values: dict[str, Any]) -> list[Row]:
        """The rows that ``change`` has changed, in PostgreSQL's one statement for both."""
        own = self.own(values)
        compiled, changed = self._compiled_for(own), change.text(values)
        table = f'FROM "{compiled.model._meta.db_table}"'  # noqa: SLF001 - Django's documented API
        read = compiled.text.sql.replace(table, f"FROM changed AS {table.removeprefix('FROM ')}", 1)
        sql = f"WITH changed AS ({changed.sql} RETURNING *) {read}"
        with connection.cursor() as cursor:
            cursor.execute(sql, [*changed.parameters(values), *compiled.text.parameters(own)])
            return [compiled.instance(row) for row in cursor.fetchall()]

    def own(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Those of ``values`` that the query takes."""
        return {name: values[name] for name in self._names}

    def tuples(self, *, at_most: int | None = None, **values: Any) -> Iterator[tuple[Any, ...]]:
        """The rows of a query set of ``values_list``, the first ``at_most`` in its order."""
        compiled = self._compiled_for(values)
        return map(compiled.values, self._sent(compiled, values, at_most))

    def anew(self, *, at_most: int | None = None, **values: Any) -> Iterator[tuple[Any, ...]]:
        """As `tuples`, of a query compiled for these values alone."""
        return iter(self._build(**values)[:at_most])

    def _sent(
        self, compiled: "_Compiled", values: dict[str, Any], at_most: int | None = None
    ) -> list[tuple[Any, ...]]:
        text = compiled.text
        sql = text.sql if at_most is None else f"{text.sql} LIMIT {at_most:d}"
        with connection.cursor() as cursor:
            cursor.execute(sql, text.parameters(values))
            found: list[tuple[Any, ...]] = cursor.fetchall()
            return found

    def _compiled_for(self, values: dict[str, Any]) -> "_Compiled":
        shape = (connection.vendor, *[_shape(values[name]) for name in self._names])
        compiled = self._compiled.get(shape)
        if compiled is None:
            compiled = self._compiled[shape] = self._compile(values)
        return compiled

    def _compile(self, values: dict[str, Any]) -> "_Compiled":
        """What Django's compiler says of the query, as `ModelIterable` uses it."""
        marks = {name: _mark(values[name]) for name in self._names}
        queryset = self._build(**marks)
        compiler = queryset.query.get_compiler(connection=connection)
        text = _Text.of(compiler.as_sql(), marks)
        fields = [field for field, _, _ in compiler.select]
        positions = compiler.klass_info["select_fields"] if compiler.klass_info else []
        return _Compiled(
            model=queryset.model,
            text=text,
            columns=positions,
            attributes=[fields[position].target.attname for position in positions],
            annotations=tuple(compiler.annotation_col_map.items()),
            converters=[
                (position, converters, field)
                for position, (converters, field) in compiler.get_converters(fields).items()
            ],
            related=_related_populators(compiler.klass_info, compiler.select, connection.alias)
            if compiler.klass_info
            else (),
        )


class _Write(Generic[Built]):
    """What changes rows, compiled at its first use and only sent from then on. Threads share it."""

    def __init__(self, build: Callable[..., Built]) -> None:
        self._build = build
        self._texts: dict[str, _Text] = {}

    def execute(self, **values: UUID | str | datetime) -> int:
        """Change the rows for ``values``; how many there were."""
        text = self.text(values)
        with connection.cursor() as cursor:
            cursor.execute(text.sql, text.parameters(values))
            changed: int = cursor.rowcount
            return changed

    def text(self, values: Mapping[str, Any]) -> "_Text":
        """The SQL, for values like these."""
        text = self._texts.get(connection.vendor)
        if text is None:
            marks = {name: _mark(value) for name, value in values.items()}
            compiled = self._compiled(self._build(**marks))
            text = self._texts[connection.vendor] = _Text.of(compiled, marks)
        return text

    def _compiled(self, built: Built) -> tuple[str, Sequence[Any]]:
        raise NotImplementedError


class Change(_Write[tuple[QuerySet[Any, Any], Mapping[str, Any]]]):
    """An UPDATE.

    ``build`` makes of UUIDs, texts and times the query set, whose conditions are of its own table,
    and what its rows get by the names of fields.
    """

    def _compiled(self, built: Any) -> Any:
        query = built[0].query.chain(UpdateQuery)
        query.add_update_values(built[1])
        return query.get_compiler(connection=connection).as_sql()


class NewRow(_Write[Model]):
    """An INSERT; ``build`` makes of UUIDs, texts and times the row, which it does not save.

    A default that is worked out, as a new id, has to be among them: it would be the same for ever.
    """

    def _compiled(self, built: Model) -> Any:
        query: Any = InsertQuery(type(built))
        query.insert_values(built._meta.concrete_fields, [built])  # noqa: SLF001 - documented
        [one] = query.get_compiler(connection=connection).as_sql()
        return one


class ChangedRows(Generic[Row]):
    """The rows that a `Change` has changed, as a `Statement` reads them; PostgreSQL is asked once.

    The statement reads from the change's own table, by its values. Elsewhere it is asked after the
    change, if that found a row.
    """

    def __init__(self, change: Change, statement: Statement[Row]) -> None:
        self._change = change
        self._statement = statement

    def rows(self, **values: Any) -> list[Row]:
        """Change the rows for ``values``, and read them as they are then."""
        if connection.vendor == "postgresql":
            return self._statement.rows_of(self._change, values)
        if not self._change.execute(**values):
            return []
        return self._statement.rows(**self._statement.own(values))


@dataclass(frozen=True, slots=True)
class _Text:
    """SQL and parameters, those that stand for a value with its place."""

    sql: str
    sent: Sequence[tuple[Place | None, Any]]

    @classmethod
    def of(cls, compiled: tuple[str, Sequence[Any]], marks: dict[str, Any]) -> Self:
        """What a compiler has made. Raises ``ValueError`` when a mark would not be sent.

        Parameters are recognised by value in the compiled SQL, so the marks are unlike any other.
        """
        sql, parameters = compiled
        # What makes up the shape is no mark: it stands in the query as it is.
        places = {mark: at for mark, at in _places(marks) if _shape(mark) == ""}
        sent = [(places.get(value), value) for value in parameters]
        if missing := set(places.values()) - {place for place, _ in sent}:
            raise ValueError(f"The SQL has no parameter for {sorted(name for name, _ in missing)}.")
        return cls(sql, sent)

    def parameters(self, values: Mapping[str, Any]) -> list[Any]:
        adapted = _adapter()
        return [
            fixed if place is None else adapted(_placed(values, place))
            for place, fixed in self.sent
        ]


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A query, and how a row of it is read."""

    model: type[Model]
    text: _Text
    columns: Sequence[int]
    attributes: Sequence[str]
    annotations: Sequence[tuple[str, int]]
    converters: Sequence[Converter]
    related: Sequence[RelatedPopulator]

    def values(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        if not self.converters:
            return row
        values = list(row)
        for position, converters, field in self.converters:
            for converter in converters:
                values[position] = converter(values[position], field, connection)
        return tuple(values)

    def instance(self, row: tuple[Any, ...]) -> Any:
        values = self.values(row)
        columns = [values[position] for position in self.columns]
        made = self.model.from_db(connection.alias, self.attributes, columns)
        for populator in self.related:
            populator.populate(values, made)
        for name, position in self.annotations:
            setattr(made, name, values[position])
        return made


def _shape(value: Any) -> Hashable:
    if isinstance(value, tuple):
        return tuple(map(_shape, value))
    return value if value is None or isinstance(value, bool) else ""


def _mark(value: Any) -> Any:
    """Something of the type of ``value`` that is in no query by chance."""
    match value:
        case None | bool():
            return value
        case UUID():
            return uuid4()
        case str():
            return str(uuid4())
        case datetime():
            return _MOMENT + timedelta(microseconds=uuid4().int % _MICROSECONDS)
        case tuple():
            return getattr(type(value), "_make", tuple)(map(_mark, value))
    raise TypeError(f"A statement takes no {type(value).__name__}.")


def _places(marks: dict[str, Any]) -> Iterator[tuple[Hashable, Place]]:
    adapted = _adapter()
    for name, mark in marks.items():
        if isinstance(mark, tuple):
            yield from ((adapted(one), (name, index)) for index, one in enumerate(mark))
        else:
            yield adapted(mark), (name, None)


def _placed(values: Mapping[str, Any], place: Place) -> Any:
    name, index = place
    return values[name] if index is None else values[name][index]


def _adapter() -> Callable[[Any], Any]:
    """How values are made into what the database takes.

    Asked once a statement: Django's connection is behind a proxy, which costs at each look.
    """
    return _as_it_is if connection.features.has_native_uuid_field else _as_text


def _as_text(value: Any) -> Any:
    """``value`` as SQLite keeps it: UUIDs and times are text there."""
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return value


def _as_it_is(value: Any) -> Any:
    """``value`` as psycopg takes it."""
    return value
