"""Where traces arrive in the tests: OTLP over HTTP, as protobuf."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


@dataclass(frozen=True)
class Span:
    """One span of one role."""

    service: str
    name: str
    trace_id: str
    span_id: str
    parent_id: str
    attributes: dict[str, Any]


@dataclass
class Collector:
    """What arrived, in order."""

    endpoint: str = ""
    spans: list[Span] = field(default_factory=list)

    def trace(self, trace_id: str) -> list[Span]:
        """The spans of one trace."""
        return [span for span in list(self.spans) if span.trace_id == trace_id]

    def waited(
        self, trace_id: str, is_whole: Callable[[list[Span]], bool], *, timeout_s: float = 30.0
    ) -> list[Span]:
        """The spans of the trace, once ``is_whole`` says that all are there."""
        deadline = time.monotonic() + timeout_s
        while not is_whole(spans := self.trace(trace_id)):
            said = sorted({(span.service, span.name) for span in spans})
            assert time.monotonic() < deadline, said
            time.sleep(0.1)
        return spans


@contextmanager
def collecting() -> Iterator[Collector]:
    """A collector on a free port of the loopback address."""
    collector = Collector()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            assert self.headers.get("Content-Encoding") in {None, "none"}
            collector.spans.extend(_spans(ExportTraceServiceRequest.FromString(body)))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_words: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        collector.endpoint = f"http://127.0.0.1:{server.server_address[1]}"
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield collector
        finally:
            server.shutdown()


def _spans(request: Any) -> Iterator[Span]:
    for resource in request.resource_spans:
        service = _attributes(resource.resource.attributes).get("service.name", "")
        for scope in resource.scope_spans:
            for span in scope.spans:
                yield Span(
                    service,
                    span.name,
                    span.trace_id.hex(),
                    span.span_id.hex(),
                    span.parent_span_id.hex(),
                    _attributes(span.attributes),
                )


def _attributes(items: Any) -> dict[str, Any]:
    kinds = ((item, item.value.WhichOneof("value")) for item in items)
    return {item.key: getattr(item.value, kind) for item, kind in kinds if kind}
