"""An HTTP proxy that lies: it may answer by itself, change what passes, or keep it to itself."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import urlsplit

import urllib3

HOP_BY_HOP: Final = {"connection", "keep-alive", "transfer-encoding", "server", "date"}


@dataclass(frozen=True)
class Passing:
    """A request on its way."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Returned:
    """An answer on its way back."""

    status: int
    headers: Mapping[str, str]
    body: bytes = b""


Forward = Callable[[Passing], Returned]
Meddle = Callable[[Passing, Forward], Returned]


def honest(passing: Passing, forward: Forward) -> Returned:
    """Hand everything on as it is."""
    return forward(passing)


class Meddler:
    """Listens on a port and hands on to ``target``, an origin, as ``meddle`` says."""

    def __init__(self, target: str = "") -> None:
        self.target = target
        self.meddle: Meddle = honest
        self._http = urllib3.PoolManager(retries=False, maxsize=16)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )

    def start(self) -> "Meddler":
        self._thread.start()
        return self

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._http.clear()

    def forward(self, passing: Passing) -> Returned:
        reply = self._http.request(
            passing.method,
            f"{self.target}{passing.path}",
            body=passing.body or None,
            headers=dict(passing.headers),
            decode_content=False,
            redirect=False,
        )
        kept = {k: v for k, v in reply.headers.items() if k.lower() not in HOP_BY_HOP}
        return Returned(reply.status, kept, reply.data)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        meddler = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(length)
                passing = Passing(self.command, self.path, dict(self.headers.items()), body)
                returned = meddler.meddle(passing, meddler.forward)
                self.send_response_only(returned.status)
                for name, value in returned.headers.items():
                    if name.lower() != "content-length" or self.command == "HEAD":
                        self.send_header(name, value)
                if self.command != "HEAD":
                    self.send_header("Content-Length", str(len(returned.body)))
                self.end_headers()
                self.wfile.write(returned.body)

            do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = do_PATCH = answer  # noqa: N815

            def log_message(self, *_arguments: Any) -> None:
                """Nothing: a test that fails says what was wrong."""

        return Handler


def origin(url: str) -> str:
    """The origin of an address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def without(passing: Passing, name: str) -> Passing:
    """The request without one of its headers."""
    kept = {k: v for k, v in passing.headers.items() if k.lower() != name.lower()}
    return replace(passing, headers=kept)
