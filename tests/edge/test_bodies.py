"""Bodies pass when they are whole; what is too long is refused in JSON."""

import json
import time

import pytest

from tests.edge.conftest import Site, variables_for
from tests.edge.server import running_edge
from tests.edge.wire import Reply, ask, opened, problem_of, read_to_end

pytestmark = pytest.mark.processes

UPLOAD_MAX = 50_065_536
JSON_MAX = 1_000_000
EIGHT_MB = 8_000_000


def _head(path: str, length: int) -> bytes:
    return (
        f"POST {path} HTTP/1.1\r\nHost: photos.example\r\nConnection: close\r\n"
        f"Content-Type: application/octet-stream\r\nContent-Length: {length}\r\n\r\n"
    ).encode()


def _answer_to_head(port: int, path: str, length: int) -> Reply:
    """The reply to a request of which the body was announced and never sent."""
    with opened(port, _head(path, length)) as connection:
        raw = b""
        while b"\r\n\r\n" not in raw or not raw.endswith(b"}"):
            raw += connection.recv(65536)
    head, _, body = raw.partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    pairs = tuple((name, value) for name, _, value in (line.partition(": ") for line in lines[1:]))
    return Reply(int(lines[0].split()[1]), pairs, body)


@pytest.mark.parametrize(
    ("path", "limit", "code"),
    [
        ("/api/v1/images", UPLOAD_MAX, "file_too_large"),
        ("/api/v1/process", UPLOAD_MAX, "file_too_large"),
        ("/api/v1/jobs/1/retry", JSON_MAX, "payload_too_large"),
        ("/auth/login", JSON_MAX, "payload_too_large"),
        ("/i/k/1/s/thumb/1.jpg", JSON_MAX, "payload_too_large"),
    ],
)
def test_one_byte_too_many_is_a_problem_document_at_once(
    site: Site, path: str, limit: int, code: str
) -> None:
    reply = _answer_to_head(site.port, path, limit + 1)

    assert reply.status == 413
    problem = problem_of(reply)
    assert (problem["code"], problem["instance"]) == (code, path)
    assert reply.header("X-Content-Type-Options") == "nosniff"
    assert site.nobody_was_asked()


@pytest.mark.parametrize("path", ["/api/v1/images", "/api/v1/process"])
def test_an_upload_below_the_limit_arrives_whole(site: Site, path: str) -> None:
    body = bytes(range(256)) * (EIGHT_MB // 256)

    reply = ask(site.port, path, method="POST", body=body)

    assert reply.status == 200
    assert site.gateway.last.body == body
    assert site.gateway.last.headers["content-length"] == str(EIGHT_MB)


def test_the_longest_upload_is_taken(site: Site) -> None:
    reply = ask(site.port, "/api/v1/images", method="POST", body=b"\0" * UPLOAD_MAX)

    assert reply.status == 200
    assert len(site.gateway.last.body) == UPLOAD_MAX


def test_chunks_without_end_are_cut_off_at_the_limit(site: Site) -> None:
    variables = variables_for(
        *(role.address for role in site.upstreams), UPLOAD_MAX_BYTES=str(EIGHT_MB - 65_536)
    )
    piece = b"x" * 500_000
    with running_edge(variables) as edge:
        below = ask(edge.port, "/api/v1/images", method="POST", body=iter([piece] * 4))
        head = b"POST /api/v1/images HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        chunk = b"%x\r\n" % len(piece) + piece + b"\r\n"
        with opened(edge.port, head) as connection:
            for _ in range(16):
                connection.sendall(chunk)
            connection.sendall(b"1\r\nx")
            reply = connection.recv(65536)

    assert below.status == 200
    assert reply.startswith(b"HTTP/1.1 413 Request Entity Too Large\r\n")
    assert b"Content-Type: application/problem+json\r\n" in reply
    assert b'"code":"file_too_large"' in reply
    assert [len(request.body) for request in site.gateway.received] == [2_000_000]


def test_the_gateway_sees_no_byte_of_an_upload_before_the_last_is_sent(site: Site) -> None:
    with opened(site.port, _head("/api/v1/images", 100_000) + b"a" * 50_000) as connection:
        assert site.gateway.asked.wait(5.0)
        assert not site.gateway.first_bytes.wait(0.3)
        connection.sendall(b"b" * 50_000)
        assert read_to_end(connection).startswith(b"HTTP/1.1 200")
    assert site.gateway.last.body == b"a" * 50_000 + b"b" * 50_000


def test_an_upload_in_flight_survives_the_end_of_its_pod(site: Site) -> None:
    variables = variables_for(*(role.address for role in site.upstreams))
    with running_edge(variables) as edge:
        head = _head("/api/v1/images", 100_000)
        with opened(edge.port, head + b"a" * 50_000) as connection:
            assert site.gateway.asked.wait(5.0)
            edge.drain()
            connection.sendall(b"b" * 50_000)
            assert read_to_end(connection).startswith(b"HTTP/1.1 200")
        edge.ended()
    assert len(site.gateway.last.body) == 100_000


def test_a_small_body_is_collected_before_a_role_is_bothered(site: Site) -> None:
    with opened(site.port, _head("/auth/login", 200) + b"a" * 100) as connection:
        assert not site.auth.first_bytes.wait(0.3)
        connection.sendall(b"b" * 100)
        assert read_to_end(connection).startswith(b"HTTP/1.1 200")
    assert site.auth.last.body == b"a" * 100 + b"b" * 100


def test_slow_callers_do_not_starve_others(site: Site) -> None:
    headers = [opened(site.port, b"GET /api/v1/usage HTTP/1.1\r\nHost: a\r\n") for _ in range(200)]
    bodies = [opened(site.port, _head("/auth/login", 1000) + b"{") for _ in range(200)]
    try:
        started = time.monotonic()
        replies = [ask(site.port, "/api/v1/usage").status for _ in range(20)]
        waited_s = time.monotonic() - started
    finally:
        for connection in (*headers, *bodies):
            connection.close()

    assert replies == [200] * 20
    assert waited_s < 5.0  # a bound against hanging, not a measurement
    assert len(site.gateway.received) == 20
    assert site.auth.received == []


def test_one_address_cannot_hold_every_thread_with_slow_uploads(site: Site) -> None:
    slow = [opened(site.port, _head("/api/v1/images", 1000) + b"x") for _ in range(10)]
    try:
        reply = _refused_upload(site.port)
        other = ask(site.port, "/api/v1/images").status
    finally:
        for connection in slow:
            connection.close()

    assert reply.status == 429
    assert problem_of(reply)["code"] == "rate_limited"
    assert reply.header("Retry-After") == "5"
    assert other == 200  # reading the list is not an upload
    assert _upload_once_there_is_room(site.port) == 200


def _refused_upload(port: int) -> Reply:
    """The first reply to an upload that is not 200, once nginx has counted the others."""
    for _ in range(100):
        reply = ask(port, "/api/v1/images", method="POST", body=b"x")
        if reply.status != 200:
            return reply
        time.sleep(0.02)
    return reply


def _upload_once_there_is_room(port: int) -> int:
    for _ in range(100):
        status = ask(port, "/api/v1/images", method="POST", body=b"x").status
        if status == 200:
            return status
        time.sleep(0.02)
    return status


def test_a_path_with_quotes_does_not_break_the_document(site: Site) -> None:
    reply = ask(site.port, '/internal/"},{"a":"b')

    assert reply.status == 404
    assert json.loads(reply.body)["instance"] == "."
