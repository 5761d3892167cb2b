"""What a link does to what passes: late, lost and sent again, or nowhere."""

import socket
import time
from collections.abc import Iterator

import pytest

from tests.edge.upstreams import serving
from tests.servers.proxy import Proxy, proxy

REQUEST = b"GET / HTTP/1.1\r\nHost: here\r\n\r\n"


@pytest.fixture
def link() -> Iterator[Proxy]:
    with serving() as server, proxy(server.port) as running:
        yield running


def connected(link: Proxy) -> socket.socket:
    return socket.create_connection(("127.0.0.1", link.port), timeout=10)


def answered(caller: socket.socket) -> float:
    """How long an answer took."""
    began = time.monotonic()
    caller.sendall(REQUEST)
    assert caller.recv(1000).startswith(b"HTTP/1.1 200")
    return time.monotonic() - began


def test_a_piece_waits_on_each_way(link: Proxy) -> None:
    link.latency_s = 0.1
    with connected(link) as caller:
        assert answered(caller) >= 0.2


def test_what_is_lost_comes_when_it_is_sent_again(link: Proxy) -> None:
    link.loss = 1.0
    with connected(link) as caller:
        assert answered(caller) >= 0.4


def test_an_abandoned_connection_hears_nothing_and_a_new_one_is_served(link: Proxy) -> None:
    with connected(link) as old, connected(link) as new:
        answered(old)
        link.abandon()
        old.sendall(REQUEST)
        old.settimeout(0.3)
        with pytest.raises(TimeoutError):
            old.recv(1000)
        with connected(link) as later:
            answered(later)
        assert new is not old


def test_each_connection_goes_where_it_is_said_then(link: Proxy) -> None:
    with serving() as other:
        link.target = lambda: other.port
        with connected(link) as caller:
            answered(caller)
        assert len(other.received) == 1

    def nobody() -> int:
        raise ConnectionRefusedError

    link.target = nobody
    with connected(link) as caller:
        assert caller.recv(1000) == b""
