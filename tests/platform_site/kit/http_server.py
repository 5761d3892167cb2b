"""A real HTTP server on a thread, which answers as a test says and remembers who asked what."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Asked:
    """One request as it arrived; ``client`` tells connections apart."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    client: tuple[str, int]


@dataclass
class Answer:
    """What to say; ``hang`` holds the answer back until the server ends; ``close`` says nothing."""

    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    hang: bool = False
    close: bool = False


class Server(ThreadingHTTPServer):
    """Answers by ``respond``; ``asked`` grows with every request."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.asked: list[Asked] = []
        self.respond: Callable[[Asked], Answer] = lambda _asked: Answer()
        self.on_chunk: Callable[[bytes], None] = lambda _chunk: None
        self.over = threading.Event()
        self.connections: list[socket.socket] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is what some tests are about."""

    def close_connections(self) -> None:
        """End every open connection, as a restart of the other role does."""
        for connection in self.connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self.connections.clear()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def setup(self) -> None:
        super().setup()
        self.server.connections.append(self.connection)

    def _answer(self) -> None:
        asked = Asked(
            self.command, self.path, dict(self.headers.items()), self._body(), self.client_address
        )
        self.server.asked.append(asked)
        answer = self.server.respond(asked)
        if answer.hang:
            self.server.over.wait(20)
        if answer.hang or answer.close:
            self.close_connection = True
            return
        self.send_response(answer.status)
        for name, value in {"Content-Length": str(len(answer.body)), **answer.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.body if self.command != "HEAD" else b"")

    do_GET = do_HEAD = do_POST = do_PATCH = do_DELETE = _answer  # noqa: N815 - the library's names

    def _body(self) -> bytes:
        left = int(self.headers.get("Content-Length", 0))
        chunks = []
        while left and (chunk := self.rfile.read1(left)):
            self.server.on_chunk(chunk)
            chunks.append(chunk)
            left -= len(chunk)
        return b"".join(chunks)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing on standard error."""


@contextmanager
def serving(port: int = 0) -> Iterator[Server]:
    """A server that answers until the block ends, or until it is shut down earlier."""
    server = Server(port)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        server.over.set()
        server.shutdown()
        server.close_connections()
        server.server_close()
        thread.join()
