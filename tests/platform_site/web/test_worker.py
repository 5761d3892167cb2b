"""Clients that are slow on purpose hold no thread for long, and nobody else waits for them."""

import re
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from struct import pack
from zlib import compress, crc32

import pytest

from tests.images.pictures import jpeg
from tests.platform_site.web.conftest import Embedded
from tests.platform_site.web.wire import answer_of, head, trickle

pytestmark = pytest.mark.processes

ATTACKERS = 48
JSON = "Content-Type: application/json"
FORM = "Content-Type: multipart/form-data; boundary=b"
UNFINISHED = {
    "nothing": (b"", b""),
    "heads": (b"GET /livez HTTP/1.1\r\nHost: localhost\r\nX-Slow: ", b"a"),
    "lines": (b"GET /", b"a"),
    "small bodies": (head("POST", "/auth/login", JSON, "Content-Length: 1000") + b"{", b" "),
    "long bodies": (head("POST", "/auth/login", JSON, "Content-Length: 900000") + b"{", b" "),
    "chunks": (head("POST", "/auth/login", JSON, "Transfer-Encoding: chunked"), b"1\r\n \r\n"),
    "uploads": (head("POST", "/api/v1/images", FORM, "Content-Length: 900000"), b"a"),
}


def slow(embedded: Embedded, stack: ExitStack, data: bytes) -> list[socket.socket]:
    return [stack.enter_context(embedded.wire.opened(data)) for _ in range(ATTACKERS)]


@pytest.mark.parametrize("kind", UNFINISHED)
def test_many_unfinished_requests_stop_nobody_else(embedded: Embedded, kind: str) -> None:
    begun, piece = UNFINISHED[kind]
    statuses: list[int] = []

    def others() -> None:
        statuses.append(embedded.wire.get("/livez"))
        statuses.append(embedded.wire.get("/api/v1/presets"))

    with ExitStack() as stack:
        connections = slow(embedded, stack, begun)
        trickle(connections, piece, seconds=1.0, meanwhile=others)
        said = [answer_of(each).status for each in connections]
    assert set(statuses) == {200, 401}
    refusals = {"nothing": {0}, "uploads": {401, 503}, "chunks": {411}}.get(kind, {408, 503})
    assert set(said) <= refusals


def test_many_who_do_not_read_stop_nobody_else(embedded: Embedded) -> None:
    document = embedded.wire.ask(head("GET", "/api/v1/schema", "Connection: close"))
    assert len(document.body) > 50_000
    many = head("GET", "/api/v1/schema") * 20
    with ExitStack() as stack:
        for _ in range(ATTACKERS):
            stack.enter_context(embedded.wire.opened(many, receive_buffer=2048))
        statuses = [embedded.wire.get(path) for path in ("/livez", "/api/v1/presets") * 5]
    assert statuses == [200, 401] * 5


def test_slow_uploads_of_a_person_leave_room_and_end(embedded: Embedded) -> None:
    """Half of the threads read long bodies, the others go on; a stalled body is given up."""
    signed_in = f"Authorization: Bearer {embedded.alice.token}"
    begun = head("POST", "/api/v1/images", FORM, "Content-Length: 900000", signed_in) + b"--b\r\n"
    statuses: list[int] = []
    with ExitStack() as stack:
        connections = slow(embedded, stack, begun)
        trickle(
            connections,
            b"a",
            seconds=1.0,
            meanwhile=lambda: statuses.append(embedded.wire.get("/livez")),
        )
        said = [answer_of(each) for each in connections]
    assert set(statuses) == {200}
    told = {(each.status, each.problem["code"]) for each in said}
    assert told == {(400, "upload_interrupted"), (503, "busy")}
    assert {each.headers.get("retry-after") for each in said} == {"1", None}


def test_connections_beyond_the_most_end_the_oldest_idle_one(embedded: Embedded) -> None:
    with ExitStack() as stack:
        idle = [stack.enter_context(embedded.wire.opened()) for _ in range(520)]
        assert embedded.wire.get("/livez") == 200
        assert answer_of(idle[0]).status == 0


def test_slow_readers_of_pictures_leave_room(embedded: Embedded) -> None:
    png = b"\x89PNG\r\n\x1a\n" + b"".join(
        pack(">I", len(data)) + name + data + pack(">I", crc32(name + data))
        for name, data in (
            (b"IHDR", pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)),
            (b"IDAT", compress(b"\0\0")),
            (b"IEND", b""),
        )
    )
    answer = embedded.alice.upload(png + b"\0" * 4_000_000)
    address = "/i/" + answer.json["image"]["links"]["original"].partition("/i/")[2]
    with ExitStack() as stack:
        for _ in range(ATTACKERS):
            request = head("GET", address)
            stack.enter_context(embedded.wire.opened(request, receive_buffer=2048))
        statuses = [embedded.wire.get(path) for path in ("/livez", "/api/v1/presets") * 5]
    assert statuses == [200, 401] * 5
    assert embedded.alice.fetch(address).status == 200


def test_requests_that_are_sent_ahead_are_answered_in_their_order(embedded: Embedded) -> None:
    with embedded.wire.opened() as connection:
        for path in ("/livez", "/api/v1/nowhere", "/api/v1/presets"):
            connection.sendall(head("GET", path))  # also while a thread has the one before
        connection.sendall(head("GET", "/livez", "Connection: close"))
        said = b""
        while piece := connection.recv(65536):
            said += piece
    statuses = [int(found) for found in re.findall(rb"HTTP/1\.1 (\d{3}) ", said)]
    assert statuses == [200, 404, 401, 200]


def test_a_connection_serves_many_requests_one_after_the_other(embedded: Embedded) -> None:
    with embedded.wire.opened() as connection:
        for _ in range(20):
            connection.sendall(head("GET", "/api/v1/presets"))
            said = connection.recv(65536)
            assert said.startswith(b"HTTP/1.1 401 ")
            assert b"Connection: keep-alive" in said


def test_a_burst_of_uploads_waits_for_its_turn_and_nobody_is_refused(embedded: Embedded) -> None:
    """Twenty at once, where half of sixteen threads read bodies; a reader goes on meanwhile."""
    picture = jpeg(size=(400, 300))
    pictures = [picture + bytes([number]) * 60_000 for number in range(20)]
    together = threading.Barrier(len(pictures) + 1)

    def upload(content: bytes) -> int:
        together.wait(30)
        return embedded.alice.upload(content).status

    with ThreadPoolExecutor(len(pictures)) as people:
        sent = [people.submit(upload, content) for content in pictures]
        together.wait(30)
        assert embedded.wire.get("/livez") == 200
        assert {each.result() for each in sent} == {202}
