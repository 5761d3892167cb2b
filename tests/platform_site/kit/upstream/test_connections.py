"""The pool of connections against servers that are slow, broken, hostile, or gone."""

import io
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest

from platform_site import gunicorn
from platform_site.kit.upstream import connections
from platform_site.kit.upstream.connections import (
    IDLE_S,
    ConnectionPool,
    NotConnected,
    Origin,
)
from platform_site.kit.upstream.replies import BrokenReply, Reply
from platform_site.kit.upstream.requests import Body
from tests.platform_site.kit.clock import Clock
from tests.platform_site.kit.http_server import Answer, Server
from tests.servers.ports import free_port

HELLO = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
Script = Callable[[socket.socket], None]


def ask(
    pool: ConnectionPool,
    method: str = "GET",
    *,
    body: Body = None,
    timeout_s: float = 5.0,
    is_fresh: bool = False,
    length: int | None = None,
) -> Reply:
    headers = {} if length is None else {"Content-Length": str(length)}
    return pool.exchange(
        method, "/a", headers=headers, body=body, timeout_s=timeout_s, is_fresh=is_fresh
    )


def request_taken(connection: socket.socket) -> bytes:
    """The head of the next request; empty when there is none."""
    taken = b""
    while not taken.endswith(b"\r\n\r\n"):
        piece = connection.recv(1)
        if not piece:
            return b""
        taken += piece
    return taken


class Hostile:
    """Runs ``script`` with each connection that it takes; ``taken`` counts them."""

    def __init__(self, listener: socket.socket, script: Script) -> None:
        self.listener, self.script = listener, script
        self.taken = 0
        self.pool = ConnectionPool(Origin.of(f"http://127.0.0.1:{listener.getsockname()[1]}"))

    def run(self) -> None:
        """Take connections until the listener is closed."""
        with suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                self.taken += 1
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.settimeout(10)
            self.script(connection)


@contextmanager
def hostile(script: Script) -> Iterator[Hostile]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = Hostile(listener, script)
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        yield server
        listener.shutdown(socket.SHUT_RDWR)
    thread.join(10)


def answering(*raw: bytes, pause_s: float = 0.0) -> Script:
    """Send ``raw`` after each request, pausing before each piece."""

    def script(connection: socket.socket) -> None:
        while request_taken(connection):
            for piece in raw:
                time.sleep(pause_s)
                connection.sendall(piece)

    return script


def once(*raw: bytes) -> Script:
    """Send ``raw`` after the first request and close."""

    def script(connection: socket.socket) -> None:
        request_taken(connection)
        connection.sendall(b"".join(raw))

    return script


def test_a_connection_is_used_again() -> None:
    with hostile(answering(HELLO)) as server:
        assert [ask(server.pool).body for _ in range(3)] == [b"{}"] * 3
        assert server.taken == 1


def test_a_fresh_one_is_made_where_it_is_asked_for() -> None:
    with hostile(answering(HELLO)) as server:
        ask(server.pool)
        ask(server.pool, is_fresh=True)
        assert server.taken == 2


@pytest.mark.parametrize("surplus", [HELLO, b"HTTP/1.1 200 OK\r\nContent-Len", b"\x00", b"{}"])
def test_nobody_is_given_the_surplus_of_anothers_answer(surplus: bytes) -> None:
    mark = HELLO.replace(b"{}", b"[]")
    with hostile(answering(mark + surplus)) as server:
        assert [ask(server.pool).body for _ in range(3)] == [b"[]"] * 3
        assert server.taken == 3


def test_a_surplus_that_comes_later_is_nobodys_either() -> None:
    def script(connection: socket.socket) -> None:
        while request_taken(connection):
            connection.sendall(HELLO)
            time.sleep(0.05)
            connection.sendall(HELLO.replace(b"{}", b"no"))

    with hostile(script) as server:
        assert ask(server.pool).body == b"{}"
        time.sleep(0.2)
        assert ask(server.pool).body == b"{}"
        assert server.taken == 2


def test_a_connection_that_the_role_closed_is_not_used_again() -> None:
    with hostile(once(HELLO)) as server:
        assert ask(server.pool).body == b"{}"
        time.sleep(0.1)
        assert ask(server.pool, "POST").body == b"{}"
        assert server.taken == 2


def test_an_answer_that_comes_drop_by_drop_has_the_deadline_of_any_other() -> None:
    with hostile(answering(*(bytes([byte]) for byte in HELLO), pause_s=0.05)) as server:
        began = time.monotonic()
        with pytest.raises(TimeoutError):
            ask(server.pool, timeout_s=0.3)
        assert time.monotonic() - began < 1.5
        # Half an answer was left there: nobody else reads the rest of it.
        server.script = answering(HELLO)
        assert ask(server.pool).body == b"{}"
        assert server.taken == 2


def test_a_role_that_says_nothing_is_not_waited_for() -> None:
    with hostile(answering()) as server, pytest.raises(TimeoutError):
        ask(server.pool, timeout_s=0.1)


def test_a_role_that_takes_no_bytes_is_not_waited_for() -> None:
    with hostile(lambda _connection: time.sleep(3)) as server, pytest.raises(TimeoutError):
        ask(server.pool, "POST", body=b"x" * 16_000_000, timeout_s=0.3)


def reset(connection: socket.socket) -> None:
    request_taken(connection)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")


@pytest.mark.parametrize(
    "script",
    [once(), once(HELLO[:-1]), once(HELLO[:20]), once(b"\x15\x03\x01"), once(b"<html>"), reset],
    ids=["closed", "half a body", "half a head", "another protocol", "a page", "reset"],
)
def test_what_is_no_answer_is_told_as_such(script: Script) -> None:
    with hostile(script) as server:
        with pytest.raises((BrokenReply, ConnectionError)):
            ask(server.pool)
        server.script = answering(HELLO)
        assert ask(server.pool).body == b"{}"


def test_an_answer_in_many_pieces_is_put_together() -> None:
    body = b"x" * 300_000
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    chunks = b"".join(b"%x\r\n%s\r\n" % (30_000, body[:30_000]) for _ in range(10))
    with hostile(answering(head, chunks[:100_001], chunks[100_001:], b"0\r\n\r\n")) as server:
        assert ask(server.pool).body == body
        assert ask(server.pool).body == body
        assert server.taken == 1


def test_nobody_there_is_told_apart_from_no_answer() -> None:
    with pytest.raises(NotConnected):
        ask(ConnectionPool(Origin.of(f"http://127.0.0.1:{free_port()}")))


def test_a_name_that_nobody_knows_is_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_args: object, **_named: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(NotConnected):
        ask(ConnectionPool(Origin.of("http://images:5000")))


def test_a_name_is_looked_up_for_each_connection_and_every_address_is_tried(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def lookup(host: str, port: int, **named: object) -> list[object]:
        asked.append((host, port))
        stream = (socket.AF_INET, socket.SOCK_STREAM, 6, "")
        return [(*stream, ("127.0.0.1", free_port())), (*stream, ("127.0.0.1", server.server_port))]

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    pool = ConnectionPool(Origin.of("http://images:5000"))
    for is_fresh in (False, False, True):
        assert ask(pool, is_fresh=is_fresh).status == 200
    assert asked == [("images", 5000)] * 2
    assert server.asked[0].headers["Host"] == "images:5000"


def test_connecting_ends_with_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = (socket.AF_INET, socket.SOCK_STREAM, 6, "")
    unanswered = socket.create_server(("127.0.0.1", 0), backlog=0)
    filling = [socket.socket() for _ in range(8)]
    for one in filling:
        one.setblocking(False)
        one.connect_ex(unanswered.getsockname())
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda *_a, **_n: [(*stream, unanswered.getsockname())] * 8
    )
    began = time.monotonic()
    with pytest.raises(NotConnected):
        ask(ConnectionPool(Origin.of("http://images:5000")), timeout_s=0.2)
    assert time.monotonic() - began < 1.0
    for one in (*filling, unanswered):
        one.close()


def test_old_connections_are_made_anew(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock().install(monkeypatch)
    pool = ConnectionPool(Origin.of(server.url))
    ask(pool)
    clock.advance(IDLE_S - 1)
    ask(pool)
    clock.advance(IDLE_S + 1)
    ask(pool)
    assert len({asked.client for asked in server.asked}) == 2
    # Shorter than the role keeps them, with time to spare for a request on its way.
    assert gunicorn.keepalive - 2 >= IDLE_S


def test_connections_of_a_burst_are_closed_again(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock().install(monkeypatch)
    monkeypatch.setattr(connections, "POOL_SIZE", 2)
    pool = ConnectionPool(Origin.of(server.url))
    held = 4
    together = threading.Barrier(held)

    def wait(_asked: object) -> Answer:
        if len(server.asked) <= held:
            together.wait(20)
        return Answer()

    server.respond = wait
    threads = [threading.Thread(target=ask, args=(pool,)) for _ in range(held)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(pool._idle) == 2
    clock.advance(IDLE_S + 1)
    ask(pool)
    assert len(pool._idle) == 1


def test_a_stream_that_is_refused_before_its_end_gets_its_refusal() -> None:
    refusal = b"HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\n{}"
    refused = threading.Event()

    def refuse(connection: socket.socket) -> None:
        request_taken(connection)
        connection.sendall(refusal)
        connection.shutdown(socket.SHUT_WR)
        refused.set()

    class Endless(io.RawIOBase):
        left = 64

        def read(self, _size: int = -1, /) -> bytes:
            if self.left < 64:
                assert refused.wait(10)
                time.sleep(0.02)
            self.left -= 1
            return b"x" * 65536 if self.left else b""

    with hostile(refuse) as server:
        reply = ask(server.pool, "POST", body=Endless(), length=63 * 65536)
        assert (reply.status, reply.body) == (413, b"{}")
        server.script = answering(HELLO)
        assert ask(server.pool).body == b"{}"
        assert server.taken == 2


def test_each_piece_of_a_stream_is_taken_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "PROGRESS_S", 0.2)
    with hostile(lambda _connection: time.sleep(3)) as server, pytest.raises(TimeoutError):
        ask(server.pool, "POST", body=io.BytesIO(b"x" * 16_000_000), length=16_000_000)


def test_the_time_for_the_answer_begins_with_the_last_byte_of_a_stream(server: Server) -> None:
    class Slow(io.BytesIO):
        def read(self, _size: int | None = -1, /) -> bytes:
            time.sleep(0.3)
            return super().read(2)

    pool = ConnectionPool(Origin.of(server.url))
    assert ask(pool, "POST", body=Slow(b"abcd"), length=4, timeout_s=0.25).status == 200
    assert server.asked[0].body == b"abcd"


def test_half_a_stream_is_followed_by_nothing(server: Server) -> None:
    class Ends(io.BytesIO):
        def read(self, _size: int | None = -1, /) -> bytes:
            raise LookupError

    pool = ConnectionPool(Origin.of(server.url))
    ask(pool)
    with pytest.raises(LookupError):
        ask(pool, "POST", body=Ends(), length=4)
    assert not pool._idle
    assert ask(pool).status == 200


def test_an_address_of_ipv6_is_an_address() -> None:
    if not socket.has_ipv6:
        pytest.skip("this machine has no IPv6")
    try:
        listener = socket.create_server(("::1", 0), family=socket.AF_INET6)
    except OSError:
        pytest.skip("this machine has no IPv6")
    heads = []

    def serve() -> None:
        with listener.accept()[0] as connection:
            heads.append(request_taken(connection))
            connection.sendall(HELLO)

    thread = threading.Thread(target=serve)
    thread.start()
    with listener:
        port = listener.getsockname()[1]
        assert ask(ConnectionPool(Origin.of(f"http://[::1]:{port}/"))).body == b"{}"
        thread.join()
    assert f"Host: [::1]:{port}\r\n".encode() in heads[0]


@pytest.mark.parametrize(
    ("url", "header"),
    [
        ("http://images", "images"),
        ("http://images:80", "images"),
        ("http://images:5000", "images:5000"),
        ("https://images", "images"),
        ("https://images:80", "images:80"),
    ],
)
def test_the_port_is_named_where_it_is_not_the_usual_one(url: str, header: str) -> None:
    assert Origin.of(url).header == header


@pytest.mark.parametrize("url", ["ftp://images", "images:5000", "http://", "http://a:x"])
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"URL|Port"):
        Origin.of(url)
