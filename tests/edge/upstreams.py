"""Small HTTP servers that stand where roles and the store stand, and record what they got."""

import socket
import ssl
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Received:
    """One request as it arrived; header names are in lower case, repeated ones joined."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Answer:
    """What the server says. ``hang_up`` closes the connection without a word instead."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b"{}"
    hang_up: bool = False


ACCESS = "/internal/v1/upload-access"


class Upstream:
    """A server on the loopback network; by default it answers everything with ``{}``.

    Whether a caller may upload is answered by ``access``, and not recorded; ``asked`` tells that it
    was. ``first_bytes`` tells that some of a body has come, ``answered`` that an answer was taken
    whole.
    """

    def __init__(
        self, host: str = "127.0.0.1", port: int = 0, tls: ssl.SSLContext | None = None
    ) -> None:
        self.begin_anew()
        self._server = _Server((host, port), self)
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self.port = int(self._server.server_address[1])
        self.address = f"{host}:{self.port}"

    def begin_anew(self) -> None:
        """Forget what was; a request that is still under way tells nothing of it any more."""
        self.received: list[Received] = []
        self.respond: Callable[[Received], Answer] = lambda _: Answer()
        self.access = Answer(204)
        self.asked = threading.Event()
        self.first_bytes = threading.Event()
        self.answered = threading.Event()

    @property
    def last(self) -> Received:
        """The latest request."""
        return self.received[-1]

    def start(self) -> None:
        """Serve in the background."""
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        """Stop serving, and free the port."""
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], upstream: Upstream) -> None:
        self.upstream = upstream
        super().__init__(address, _Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """A caller that goes away is no fault; anything else is told."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def __getattr__(self, name: str) -> Callable[[], None]:
        """Every method is served alike."""
        if name.startswith("do_"):
            return self._serve
        raise AttributeError(name)

    def _serve(self) -> None:
        upstream = self.server.upstream
        received, answered = upstream.received, upstream.answered
        self._first_bytes = upstream.first_bytes
        request = Received(self.command, self.path, self._received_headers(), self._body())
        if request.path == ACCESS:
            upstream.asked.set()
            answer = upstream.access
        else:
            received.append(request)
            answer = upstream.respond(request)
        if answer.hang_up:
            self.close_connection = True
            return
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if "Content-Length" not in answer.headers and answer.status not in {204, 304}:
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)
        answered.set()

    def _received_headers(self) -> dict[str, str]:
        names = {name.lower() for name in self.headers}
        return {name: ", ".join(self.headers.get_all(name, [])) for name in names}

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") == "chunked":
            return b"".join(self._chunks())
        wanted = int(self.headers.get("Content-Length") or 0)
        pieces = []
        while wanted:
            piece = self._some(self.rfile.read1(min(wanted, 65536)))
            wanted -= len(piece)
            pieces.append(piece)
        return b"".join(pieces)

    def _chunks(self) -> Iterator[bytes]:
        while size := int(self._some(self.rfile.readline()), 16):
            yield self._some(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()

    def _some(self, piece: bytes) -> bytes:
        if not piece:
            raise ConnectionAbortedError
        self._first_bytes.set()
        return piece

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@contextmanager
def serving(
    host: str = "127.0.0.1", port: int = 0, tls: ssl.SSLContext | None = None
) -> Iterator[Upstream]:
    """An upstream that ends with the block."""
    upstream = Upstream(host, port, tls)
    upstream.start()
    try:
        yield upstream
    finally:
        upstream.stop()


@contextmanager
def never_accepting() -> Iterator[str]:
    """An address whose queue is full: the kernel lets every further connection wait."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        waiting = []
        for _ in range(4):
            caller = socket.socket()
            caller.setblocking(False)
            caller.connect_ex(listener.getsockname())
            waiting.append(caller)
        try:
            yield f"127.0.0.1:{listener.getsockname()[1]}"
        finally:
            for caller in waiting:
                caller.close()
