"""The load generator counts answers, their refusals, and follows what an answer gives."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest

from bench.load import Connection, outcome_of, serve

Reply = Callable[[bytes], bytes]


@contextmanager
def server(reply: Reply, connections: int, *, answers: int = 1_000_000) -> Iterator[int]:
    """A port on which each connection has its first ``answers`` requests answered by ``reply``."""
    listener = socket.create_server(("127.0.0.1", 0))

    def talk(client: socket.socket) -> None:
        with client:
            for _ in range(answers):
                if request := client.recv(65_536):
                    client.sendall(reply(request))
                else:
                    return

    def accept() -> None:
        for _ in range(connections):
            client, _ = listener.accept()
            threading.Thread(target=talk, args=(client,), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    with listener:
        yield listener.getsockname()[1]
    thread.join(5)


def answer(body: bytes, status: int = 200) -> bytes:
    return b"HTTP/1.1 %d X\r\nContent-Length: %d\r\n\r\n%s" % (status, len(body), body)


def asked(port: int, **options: Any) -> dict[str, Any]:
    head = "R0VUIC8gSFRUUC8xLjENCg=="  # GET / HTTP/1.1
    defaults = {"bodies": [], "follow": "", "seconds": 0.05, "connections": 3, "cores": []}
    return {"port": port, "head": head, **defaults, **options}


def test_answers_are_counted_and_timed() -> None:
    with server(lambda _request: answer(b"x" * 5_000), 3) as port:
        outcome = outcome_of(asked(port))
    assert outcome.requests >= 3
    assert outcome.refused == 0
    assert outcome.latency_ms > 0
    assert outcome.seconds >= 0.05


def test_other_answers_than_200_are_refused() -> None:
    with server(lambda _request: b"HTTP/1.1 304 X\r\n\r\n", 3) as port:
        outcome = outcome_of(asked(port))
    assert outcome.refused == outcome.requests


def test_an_answer_gives_the_next_body() -> None:
    seen: list[str] = []

    def rotate(request: bytes) -> bytes:
        body = json.loads(request.partition(b"\r\n\r\n")[2])
        seen.append(body["refresh"])
        return answer(json.dumps({"refresh": body["refresh"] + "+", "access": "a"}).encode())

    with server(rotate, 1) as port:
        head, body = b"POST / HTTP/1.1\r\n", '{"refresh": "first"}'
        with closing(Connection(port, head, body, "refresh")) as client:
            for _ in range(3):
                serve([client], 0)
    assert seen == ["first", "first+", "first++"]


def test_a_broken_connection_is_told() -> None:
    def hang_up(_request: bytes) -> bytes:
        return b"HTTP/1.1 200 X\r\nContent-Length: 9\r\n\r\nshort"

    with (
        server(hang_up, 1, answers=1) as port,
        closing(Connection(port, b"GET / HTTP/1.1\r\n", None, "")) as client,
        pytest.raises(ValueError, match="closed"),
    ):
        serve([client], 0)


def test_an_answer_without_a_length_is_told() -> None:
    with (
        server(lambda _request: b"HTTP/1.1 200 X\r\n\r\n", 1) as port,
        closing(Connection(port, b"GET / HTTP/1.1\r\n", None, "")) as client,
        pytest.raises(ValueError, match="how long"),
    ):
        serve([client], 0)
