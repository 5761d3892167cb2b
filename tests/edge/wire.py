"""HTTP as it goes over the wire: nothing added, nothing decoded, repeated headers kept."""

import json
import socket
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any

TIMEOUT_S = 20.0


@dataclass(frozen=True)
class Reply:
    """A reply read to its end."""

    status: int
    pairs: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str | None:
        """The one value of a header, ``None`` without it; twice is an error."""
        values = [value for key, value in self.pairs if key.lower() == name.lower()]
        assert len(values) <= 1, f"{name} stands {len(values)} times: {values}"
        return values[0] if values else None

    @property
    def names(self) -> set[str]:
        """The names of the headers, in lower case."""
        return {key.lower() for key, _ in self.pairs}

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


def ask(
    port: int,
    path: str,
    *,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    body: bytes | Iterable[bytes] | None = None,
) -> Reply:
    """One request on a connection of its own; an iterable body is sent in chunks."""
    connection = HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_S)
    try:
        connection.request(method, path, body=body, headers=dict(headers or {}))
        response = connection.getresponse()
        return Reply(response.status, tuple(response.getheaders()), response.read())
    finally:
        connection.close()


def opened(port: int, data: bytes) -> socket.socket:
    """A connection on which ``data`` was sent."""
    connection = socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT_S)
    connection.sendall(data)
    return connection


def read_to_end(connection: socket.socket) -> bytes:
    """Everything that comes until the other side closes."""
    pieces = []
    while piece := connection.recv(65536):
        pieces.append(piece)
    return b"".join(pieces)


def problem_of(reply: Reply) -> Any:
    """The problem document of a refusal, after its form was checked."""
    assert reply.header("Content-Type") == "application/problem+json"
    assert reply.header("Cache-Control") == "no-store"
    document = reply.json
    assert document["status"] == reply.status
    assert document["type"] == f"urn:problem:{document['code']}"
    assert document["request_id"] == reply.header("X-Request-ID")
    assert document["errors"] == []
    return document
