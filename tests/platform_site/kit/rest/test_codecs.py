import io
from collections import UserDict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest
from django.utils.functional import lazystr
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from platform_site.kit.rest.codecs import FormParser, JSONParser, JSONRenderer
from platform_site.kit.rest.problems import PayloadTooLarge

IDENTITY = UUID("0190b6a0-0000-7000-8000-000000000001")


@dataclass(frozen=True)
class Point:
    x: int
    y: str


def rendered(value: Any) -> bytes:
    return JSONRenderer().render(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (IDENTITY, b'"0190b6a0-0000-7000-8000-000000000001"'),
        (datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), b'"2026-01-02T03:04:05Z"'),
        (
            datetime(2026, 1, 2, 3, 4, 5, 60, tzinfo=timezone(timedelta(hours=2))),
            b'"2026-01-02T03:04:05.000060+02:00"',
        ),
        (Point(1, "é"), '{"x":1,"y":"é"}'.encode()),
        (lazystr("later"), b'"later"'),
        ({"a": lazystr("later")}, b'{"a":"later"}'),
        (UserDict({"a": 1}), b'{"a":1}'),
        (frozenset({"b", "a"}), b'["a","b"]'),
        ((1, None, True, 0.5), b"[1,null,true,0.5]"),
        (float("nan"), b"null"),
    ],
)
def test_values_have_one_form_in_json(value: Any, text: bytes) -> None:
    assert rendered(value) == text


def test_nothing_is_rendered_as_nothing() -> None:
    assert rendered(None) == b""


def test_what_has_no_form_is_a_fault_and_not_a_guess() -> None:
    with pytest.raises(TypeError, match="bytes"):
        rendered({"a": b"raw"})


def test_json_is_parsed() -> None:
    assert JSONParser().parse(io.BytesIO(b'{"a": [1, "\xc3\xa9"]}')) == {"a": [1, "é"]}


def test_what_is_not_json_is_refused_with_its_place() -> None:
    with pytest.raises(ParseError, match="at byte 5"):
        JSONParser().parse(io.BytesIO(b'{"a":'))


def test_a_form_is_parsed() -> None:
    fields = FormParser().parse(io.BytesIO(b"a=1&b=%C3%A9+x"))
    assert fields.dict() == {"a": "1", "b": "é x"}


@pytest.mark.parametrize("parser", [JSONParser(), FormParser()])
def test_no_more_is_read_than_is_taken(parser: BaseParser) -> None:
    stream = io.BytesIO(b" " * 3_000_000)
    with pytest.raises(PayloadTooLarge, match="At most 1000000 bytes"):
        parser.parse(stream)
    assert stream.tell() == 1_000_001
