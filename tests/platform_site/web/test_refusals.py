"""What cannot be read is refused in the words of every other refusal, and before it is sent."""

import json
import re
import socket

import pytest

from tests.platform_site.web.conftest import Embedded
from tests.platform_site.web.wire import answer_of, head, parsed

pytestmark = pytest.mark.processes

MEMBERS = {"type", "title", "status", "detail", "instance", "code", "request_id", "errors"}
JSON = "Content-Type: application/json"
CHUNKED = "Transfer-Encoding: chunked"
FORM = "Content-Type: multipart/form-data; boundary=b"
UNREADABLE = {
    "no request line": (b"nonsense\r\n\r\n", 400, "bad_request"),
    "another protocol": (b"GET / HTTPS/9\r\n\r\n", 400, "bad_request"),
    "version 3": (b"GET / HTTP/3.0\r\n\r\n", 400, "bad_request"),
    "a method in small letters": (b"g<t / HTTP/1.1\r\nHost: a\r\n\r\n", 400, "bad_request"),
    "a header without colon": (head("GET", "/livez", "nonsense"), 400, "bad_request"),
    "a header name with blanks": (head("GET", "/livez", "a b: c"), 400, "bad_request"),
    "a folded header": (head("GET", "/livez", "A: b", " c"), 400, "bad_request"),
    "a long line": (b"GET /" + b"a" * 5000 + b" HTTP/1.1\r\n\r\n", 414, "uri_too_long"),
    "a line without end": (b"GET /" + b"a" * 5000, 414, "uri_too_long"),
    "a long header": (head("GET", "/livez", "A: " + "a" * 9000), 431, "headers_too_large"),
    "headers without end": (
        b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 6000,
        431,
        "headers_too_large",
    ),
    "many headers": (
        head("GET", "/livez", *(f"A{n}: b" for n in range(80))),
        431,
        "headers_too_large",
    ),
    "two lengths": (
        head("POST", "/auth/login", "Content-Length: 1", "Content-Length: 2") + b"{",
        400,
        "bad_request",
    ),
    "a length that is none": (
        head("POST", "/auth/login", "Content-Length: -1"),
        400,
        "bad_request",
    ),
    "a length and chunks": (
        head("POST", "/auth/login", "Content-Length: 3", CHUNKED) + b"0\r\n\r\n",
        400,
        "bad_request",
    ),
    "chunks": (
        head("PATCH", "/auth/profile", JSON, CHUNKED) + b"2\r\n{}\r\n0\r\n\r\n",
        411,
        "length_required",
    ),
    "bad chunks": (
        head("PATCH", "/auth/profile", JSON, CHUNKED) + b"zz\r\n{}\r\n",
        411,
        "length_required",
    ),
    "an unknown coding": (
        head("POST", "/auth/login", "Transfer-Encoding: zip"),
        501,
        "not_implemented",
    ),
    "an expectation": (head("GET", "/livez", "Expect: wonders"), 417, "expectation_failed"),
    "a cut body": (
        head("POST", "/auth/login", JSON, "Content-Length: 30000") + b"{",
        400,
        "bad_request",
    ),
    "a slow body": (
        head("POST", "/auth/login", JSON, "Content-Length: 900000") + b"{",
        408,
        "request_timeout",
    ),
    "a slow head": (b"GET /livez HTTP/1.1\r\nHost: a\r\n", 408, "request_timeout"),
}


@pytest.mark.parametrize("kind", UNREADABLE)
def test_what_cannot_be_read_is_refused_by_a_problem_document(
    embedded: Embedded, kind: str
) -> None:
    sent, status, code = UNREADABLE[kind]
    with embedded.wire.opened(sent) as connection:
        if kind == "a cut body":
            connection.shutdown(socket.SHUT_WR)
        answer = answer_of(connection)
    problem = answer.problem
    assert (answer.status, problem["status"], problem["code"]) == (status, status, code)
    assert problem.keys() == MEMBERS
    assert answer.headers["x-request-id"] == problem["request_id"] != ""
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["connection"] == "close"
    assert b"unicorn" not in answer.body


EARLY = {
    "a stranger's upload": ("/api/v1/images", FORM, 900_000, 401, "not_authenticated"),
    "an upload that is too large": ("/api/v1/images", FORM, 99_000_000, 413, "file_too_large"),
    "another type": ("/api/v1/images", JSON, 900_000, 415, "unsupported_media_type"),
    "a stranger's rendition": ("/api/v1/process", FORM, 900_000, 401, "not_authenticated"),
    "no such path": ("/api/v1/nowhere", JSON, 900_000, 404, "not_found"),
}


def read_document(connection: socket.socket) -> bytes:
    raw = b""
    while not raw.endswith(b"}"):
        raw += connection.recv(65536)
    return raw


@pytest.mark.parametrize("kind", EARLY)
def test_a_refusal_by_the_headers_comes_before_100_continue(embedded: Embedded, kind: str) -> None:
    path, content_type, length, status, code = EARLY[kind]
    fields = [content_type, f"Content-Length: {length}", "Expect: 100-continue"]
    if status not in {401, 404}:
        fields.append(f"Authorization: Bearer {embedded.alice.token}")
    with embedded.wire.opened(head("POST", path, *fields)) as connection:
        raw = read_document(connection)
        assert connection.recv(1) == b"", "it says that it closes, and does"
    assert raw.startswith(b"HTTP/1.1 %d " % status)
    answer = parsed(raw)
    assert json.loads(answer.body)["code"] == code
    assert answer.headers["connection"] == "close"


def test_a_body_that_is_read_is_asked_for_once(embedded: Embedded) -> None:
    body = b'{"email": "nobody@example.com", "password": "a wrong one here"}'
    fields = [JSON, f"Content-Length: {len(body)}", "Expect: 100-continue"]
    with embedded.wire.opened(head("POST", "/auth/login", *fields)) as connection:
        assert connection.recv(65536) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(body)
        assert read_document(connection).startswith(b"HTTP/1.1 401 ")
        connection.sendall(head("GET", "/livez"))
        assert connection.recv(65536).startswith(b"HTTP/1.1 200 "), "the connection goes on"


def test_requests_that_come_together_are_answered_in_turn(embedded: Embedded) -> None:
    body = b'{"email": "nobody@example.com", "password": "a wrong one here"}'
    login = head("POST", "/auth/login", JSON, f"Content-Length: {len(body)}") + body
    last = head("GET", "/readyz", "Connection: close")
    raw = embedded.wire.opened(head("GET", "/livez") + login + head("GET", "/livez") + last)
    with raw as connection:
        said = b""
        while piece := connection.recv(65536):
            said += piece
    assert re.findall(rb"HTTP/1\.1 (\d+)", said) == [b"200", b"401", b"200", b"200"]
