"""JSON documents into frozen dataclasses: extra fields are ignored, missing ones are a fault."""

import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime
from functools import cache
from typing import Any, Final, Literal, TypeVar, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from gateway.errors import UpstreamFailed

Shape = TypeVar("Shape")
Read = Callable[[Any], Any]
UNIONS: Final = (Union, types.UnionType)


def document_as(kind: type[Shape], document: object) -> Shape:
    """``document`` as a ``kind``.

    >>> from gateway.clients.types import Reachable
    >>> document_as(Reachable, {"ok": True, "since": "noon"})
    Reachable(ok=True)

    Raises ``UpstreamFailed`` when a field is missing or of another type.
    """
    try:
        reader: Read = _reader(kind)  # type: ignore[arg-type]  # a class is hashable
        shape: Shape = reader(document)
    except (KeyError, TypeError, ValueError) as exc:
        raise UpstreamFailed(f"The answer is not a {kind.__name__}.") from exc
    return shape


@cache
def _reader(kind: Any) -> Read:
    """How to read a ``kind``, worked out once for each type."""
    if is_dataclass(kind):
        return _shape_reader(kind)
    if get_origin(kind) in UNIONS:
        return _optional_reader(kind)
    if get_origin(kind) is list:
        return _list_reader(_reader(get_args(kind)[0]))
    return SCALARS.get(get_origin(kind) or kind) or _typed(kind)


def _shape_reader(kind: Any) -> Read:
    hints = get_type_hints(kind)
    required = [(f.name, _reader(hints[f.name])) for f in fields(kind) if not _has_default(f)]
    optional = [(f.name, _reader(hints[f.name])) for f in fields(kind) if _has_default(f)]

    def read(document: Any) -> Any:
        if not isinstance(document, Mapping):
            raise TypeError(kind.__name__)
        values = [part(document[name]) for name, part in required]  # defaults come last in any case
        rest = {name: part(document[name]) for name, part in optional if name in document}
        return kind(*values, **rest)

    return read


def _has_default(field: Any) -> bool:
    return field.default is not MISSING or field.default_factory is not MISSING


def _optional_reader(kind: Any) -> Read:
    inner = _reader(next(arg for arg in get_args(kind) if arg is not types.NoneType))
    return lambda value: None if value is None else inner(value)


def _list_reader(inner: Read) -> Read:
    def read(document: Any) -> list[Any]:
        if not isinstance(document, list):
            raise TypeError("list")
        return [inner(item) for item in document]

    return read


def _typed(kind: type) -> Read:
    def read(value: Any) -> Any:
        if not isinstance(value, kind):
            raise TypeError(kind.__name__)
        return value

    return read


SCALARS: Final[Mapping[Any, Read]] = {
    Any: lambda value: value,
    UUID: UUID,
    datetime: datetime.fromisoformat,
    float: float,
    dict: _typed(dict),
    Literal: _typed(str),  # a newer role may know more words than this one
}
