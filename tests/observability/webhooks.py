"""Where alerts arrive in the tests: a web server that keeps what Alertmanager sends."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import orjson

Alert = dict[str, Any]


@dataclass
class Receiver:
    """What arrived, in order; each alert has ``receiver`` and ``arrived`` beside its own fields."""

    url: str
    alerts: list[Alert] = field(default_factory=list)

    def waited(self, is_it: Callable[[Alert], bool], *, timeout_s: float) -> Alert:
        """The first alert that ``is_it`` takes, once it is there."""
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            for alert in list(self.alerts):
                if is_it(alert):
                    return alert
            time.sleep(0.1)
        names = sorted({alert["labels"]["alertname"] for alert in self.alerts})
        raise AssertionError(f"it has not come after {timeout_s} s; what came: {names}")


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver on a free port of the loopback address."""
    receiver = Receiver("")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = orjson.loads(self.rfile.read(int(self.headers["Content-Length"])))
            for alert in body["alerts"]:
                beside = {"receiver": body["receiver"], "arrived": time.time()}
                receiver.alerts.append({**alert, **beside})
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_words: object) -> None:
            """Say nothing."""

    with _served(Handler) as port:
        receiver.url = f"http://127.0.0.1:{port}/alerts"
        yield receiver


@contextmanager
def serving_files(directory: Path) -> Iterator[str]:
    """The address under which the files of ``directory`` are served."""

    class Handler(SimpleHTTPRequestHandler):
        def __init__(self, *arguments: Any) -> None:
            super().__init__(*arguments, directory=str(directory))

        def log_message(self, *_words: object) -> None:
            """Say nothing."""

    with _served(Handler) as port:
        yield f"http://127.0.0.1:{port}"


@contextmanager
def _served(handler: type[BaseHTTPRequestHandler]) -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield int(server.server_address[1])
        finally:
            server.shutdown()
