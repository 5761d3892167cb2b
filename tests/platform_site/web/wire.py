"""HTTP by hand: what is sent, when, and what comes back before the connection ends."""

import json
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

PATIENCE_S = 20.0


@dataclass(frozen=True)
class Answer:
    """What came back; status 0 when the connection ended without a word."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def problem(self) -> dict[str, Any]:
        """The body as a problem document."""
        assert self.headers["content-type"] == "application/problem+json"
        document: dict[str, Any] = json.loads(self.body)
        return document


@dataclass(frozen=True)
class Wire:
    """Connections to one port."""

    port: int

    def opened(self, data: bytes = b"", *, receive_buffer: int = 0) -> socket.socket:
        """A connection on which ``data`` was sent."""
        connection = socket.socket()
        if receive_buffer:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        connection.settimeout(PATIENCE_S)
        try:
            connection.connect(("127.0.0.1", self.port))
            connection.sendall(data)
        except OSError:
            connection.close()
            raise
        return connection

    def ask(self, data: bytes) -> Answer:
        """All that is said to ``data``, read until the other side closes."""
        with self.opened(data) as connection:
            return answer_of(connection)

    def get(self, path: str) -> int:
        """The status of a GET."""
        return self.ask(head("GET", path, "Connection: close")).status


def head(method: str, path: str, *headers: str) -> bytes:
    """A request without its body."""
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", *headers, "", ""]
    return "\r\n".join(lines).encode()


def answer_of(connection: socket.socket) -> Answer:
    """What comes until the other side closes."""
    raw = b""
    try:
        while piece := connection.recv(65536):
            raw += piece
    except ConnectionResetError:
        pass
    return parsed(raw)


def parsed(raw: bytes) -> Answer:
    """The last answer in ``raw``."""
    if not raw:
        return Answer(0)
    if raw.startswith(b"HTTP/1.1 100 "):
        raw = raw.partition(b"\r\n\r\n")[2]
    top, _, body = raw.partition(b"\r\n\r\n")
    first, *lines = top.decode("latin-1").split("\r\n")
    pairs = (line.partition(": ") for line in lines)
    return Answer(int(first.split()[1]), {n.lower(): value for n, _, value in pairs}, body)


def trickle(
    connections: list[socket.socket], piece: bytes, *, seconds: float, meanwhile: Callable[[], None]
) -> None:
    """Send ``piece`` on each every fifth of a second, and do something ``meanwhile``."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        for connection in connections:
            try:
                connection.send(piece)
            except OSError:
                continue  # it has been ended, as it should be
        meanwhile()
        time.sleep(0.2)
