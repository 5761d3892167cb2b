"""What is sent is what was asked for, and no header more."""

import io
from collections.abc import Mapping

import pytest

from platform_site.kit.upstream.requests import Body, is_stream, request_head


def head(
    method: str = "GET",
    path: str = "/a",
    body: Body = None,
    headers: Mapping[str, str] | None = None,
) -> list[str]:
    """The lines of the head."""
    raw = request_head(method, path, host="images:5000", headers=headers or {}, body=body)
    return raw.decode().split("\r\n")


def test_a_read_has_its_headers_and_no_length() -> None:
    assert head(path="/a?b=%20c", headers={"Accept": "x/y"}) == [
        "GET /a?b=%20c HTTP/1.1",
        "Host: images:5000",
        "Accept: x/y",
        "",
        "",
    ]


@pytest.mark.parametrize(
    ("method", "body", "length"),
    [("POST", b"abc", "3"), ("POST", b"", "0"), ("POST", None, "0"), ("DELETE", b"ab", "2")],
)
def test_what_may_have_a_body_says_how_long_it_is(method: str, body: Body, length: str) -> None:
    assert head(method, body=body)[2] == f"Content-Length: {length}"
    assert len(head("DELETE")) == 4


def test_a_stream_brings_its_own_length() -> None:
    stream = io.BytesIO(b"abc")
    assert is_stream(stream)
    assert not is_stream(b"abc")
    assert not is_stream(None)
    raw = request_head("POST", "/a", host="a", headers={"Content-Length": "3"}, body=stream)
    assert raw.count(b"Content-Length") == 1


@pytest.mark.parametrize("bad", ["a\r\nB: c", "a\nB: c", "a\rB: c", "a\x00b", "€"])
def test_a_value_cannot_begin_another_header(bad: str) -> None:
    for headers in ({"X": bad}, {f"X-{bad}": "a"}):
        with pytest.raises(ValueError, match=r"line end|codec"):
            head(headers=headers)


@pytest.mark.parametrize("bad", ["/a b", "/a\r\nX: y", "/a\x7f", "/\t"])
def test_a_path_cannot_end_the_first_line(bad: str) -> None:
    with pytest.raises(ValueError, match="path"):
        head(path=bad)
