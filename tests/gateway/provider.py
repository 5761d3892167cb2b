"""A real HTTP server on the loopback address that plays the other roles, answer by answer."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

CHUNK_BYTES = 64 * 1024


@dataclass(frozen=True)
class Received:
    """One request as it arrived."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    def header(self, name: str) -> str | None:
        return {key.lower(): value for key, value in self.headers.items()}.get(name.lower())


@dataclass(frozen=True)
class Answer:
    """What the server says."""

    status: int = 200
    document: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: bytes | None = None


Respond = Callable[[Received], Answer]


class Provider:
    """Answers by (method, path without query); remembers what it was asked."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.answers: dict[tuple[str, str], Respond] = {}
        self.url = ""
        self.reads_bodies = True
        self.keeps_bodies = True
        self.drained_bytes = 0
        self.aborted = 0

    def on(self, method: str, path: str, answer: Answer | Respond) -> None:
        respond = answer if callable(answer) else lambda _request: answer
        self.answers[method, path] = respond

    def refuse(self, method: str, path: str, status: int, code: str, **extra: Any) -> None:
        headers = extra.pop("headers", {})
        document = {"title": "No", "status": status, "code": code, "detail": "", "errors": []}
        problem = {"Content-Type": "application/problem+json", **headers}
        self.on(method, path, Answer(status, {**document, **extra}, problem))

    def asked(self, method: str, path: str) -> list[Received]:
        return [
            request
            for request in self.received
            if request.method == method and request.path.partition("?")[0] == path
        ]

    def answer(self, request: Received) -> Answer:
        self.received.append(request)
        respond = self.answers.get((request.method, request.path.partition("?")[0]))
        return respond(request) if respond else Answer(404, raw=b"no such route in the test")


@contextmanager
def serving(provider: Provider) -> Iterator[Provider]:
    """``provider`` on a free port until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            body = b""
            if provider.reads_bodies and provider.keeps_bodies:
                body = self.rfile.read(length)
            elif provider.reads_bodies and not self._drain(length):
                provider.aborted += 1
                self.close_connection = True
                return
            request = Received(self.command, self.path, dict(self.headers.items()), body)
            answer = provider.answer(request)
            raw = answer.raw
            if raw is None:
                raw = b"" if answer.document is None else json.dumps(answer.document).encode()
            self.send_response(answer.status)
            headers = {"Content-Type": "application/json", **answer.headers}
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)
            if not provider.reads_bodies and length:
                self.close_connection = True
                self._drain(length)  # so that closing does not reset the answer away

        def _drain(self, length: int) -> bool:
            """Read the body and throw it away; whether all of it came."""
            while length > 0 and (chunk := self.rfile.read(min(CHUNK_BYTES, length))):
                length -= len(chunk)
                provider.drained_bytes += len(chunk)
            return length == 0

        do_GET = do_POST = do_PATCH = do_DELETE = _serve  # noqa: N815 - http.server's names

        def log_message(self, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    provider.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
