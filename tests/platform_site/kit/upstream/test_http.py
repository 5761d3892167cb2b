import io
import os
import re
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from pytest_django import Settings

from platform_site.kit.rest.problems import DomainError
from platform_site.kit.telemetry import request_context, tracing
from platform_site.kit.upstream.connections import ConnectionPool
from platform_site.kit.upstream.http import Upstream, UpstreamUnavailable, upstream
from tests.platform_site.kit.clock import Clock
from tests.platform_site.kit.http_server import Answer, Asked, Server, serving
from tests.servers.ports import free_port

REQUEST_ID = "0190b6a0-0000-7000-8000-000000000001"
TRACE = "0af7651916cd43dd8448eb211c80319c"


@pytest.fixture
def images(server: Server, settings: Settings) -> Upstream:
    settings.UPSTREAMS = {"images": server.url}
    return upstream("images")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock().install(monkeypatch)


def test_an_answer_is_given_whole_whatever_its_status(images: Upstream, server: Server) -> None:
    server.respond = lambda _asked: Answer(
        422, b'{"code": "image_corrupt"}', {"Content-Type": "application/problem+json"}
    )
    reply = images.request("POST", "/internal/v1/images?x=1", body=b"abc")
    assert (reply.status, reply.json()) == (422, {"code": "image_corrupt"})
    assert reply.headers["content-TYPE"] == "application/problem+json"
    asked = server.asked[0]
    assert (asked.method, asked.path, asked.body) == ("POST", "/internal/v1/images?x=1", b"abc")


def test_a_redirect_is_an_answer_and_not_followed(images: Upstream, server: Server) -> None:
    server.respond = lambda _asked: Answer(302, b"", {"Location": "http://127.0.0.1:9/"})
    assert images.request("GET", "/a").status == 302
    assert len(server.asked) == 1


def test_an_answer_that_is_not_json_says_so(images: Upstream, server: Server) -> None:
    server.respond = lambda _asked: Answer(200, b"<html>")
    with pytest.raises(ValueError, match="unexpected character"):
        images.request("GET", "/a").json()


def test_the_request_id_and_the_trace_go_along(images: Upstream, server: Server) -> None:
    with request_context.bind(REQUEST_ID, f"00-{TRACE}-b7ad6b7169203331-01"):
        images.request("GET", "/a", headers={"Authorization": "Bearer x"})
    headers = server.asked[0].headers
    assert headers["X-Request-ID"] == REQUEST_ID
    assert headers["Authorization"] == "Bearer x"
    match = re.fullmatch(rf"00-{TRACE}-([0-9a-f]{{16}})-01", headers["traceparent"])
    assert match is not None
    assert match.group(1) != "b7ad6b7169203331"


def test_the_connection_is_kept(images: Upstream, server: Server) -> None:
    for method in ("GET", "POST", "GET", "HEAD"):
        images.request(method, "/a", body=b"x" if method == "POST" else None)
    assert len({asked.client for asked in server.asked}) == 1


def closing_the_first(server: Server) -> None:
    server.respond = lambda _asked: Answer(close=len(server.asked) == 1)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_read_is_tried_again_on_a_connection_that_was_closed(
    images: Upstream, server: Server, method: str
) -> None:
    closing_the_first(server)
    assert images.request(method, "/a").status == 200
    assert [asked.method for asked in server.asked] == [method, method]


def test_a_read_is_tried_twice_and_no_more(images: Upstream, server: Server) -> None:
    server.respond = lambda _asked: Answer(close=True)
    with pytest.raises(UpstreamUnavailable):
        images.request("GET", "/a")
    assert len(server.asked) == 2


def test_the_second_try_does_not_meet_another_connection_that_was_closed(
    images: Upstream, server: Server
) -> None:
    together = threading.Barrier(2)

    def meet(_asked: Asked) -> Answer:
        together.wait(10)
        return Answer()

    server.respond = meet
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(lambda path: images.request("GET", path), ["/a", "/b"]))
    used = {asked.client for asked in server.asked}
    # As a role that is stopped in this moment: it closes what it has, when it is asked again.
    server.respond = lambda asked: Answer(close=asked.client in used)
    assert images.request("GET", "/a").status == 200
    assert len(used) == 2


@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE"])
def test_a_write_is_not_tried_again(images: Upstream, server: Server, method: str) -> None:
    closing_the_first(server)
    with pytest.raises(UpstreamUnavailable):
        images.request(method, "/a", body=b"x")
    assert len(server.asked) == 1


def test_a_role_that_restarts_is_found_again(images: Upstream, server: Server) -> None:
    assert images.request("GET", "/a").status == 200
    server.close_connections()
    assert images.request("GET", "/a").status == 200
    server.close_connections()
    assert images.request("POST", "/a", body=b"x").status == 200


def test_an_answer_that_does_not_come_is_told_as_such(images: Upstream, server: Server) -> None:
    server.respond = lambda _asked: Answer(hang=True)
    with pytest.raises(UpstreamUnavailable) as refusal:
        images.request("GET", "/a", timeout_s=0.1)
    error = refusal.value
    assert (error.status, error.code, error.role) == (503, "upstream_unavailable", "images")
    assert error.detail == "The role images gives no answer."
    assert error.headers == {"Retry-After": "1"}
    assert len(server.asked) == 1


def test_an_answer_that_is_cut_short_is_no_answer(images: Upstream, server: Server) -> None:
    server.respond = lambda _asked: Answer(
        200, b"half", {"Content-Length": "8", "Connection": "close"}
    )
    with pytest.raises(UpstreamUnavailable):
        images.request("POST", "/a", body=b"x", timeout_s=0.3)


def test_nobody_there_is_told_as_such(settings: Settings) -> None:
    settings.UPSTREAMS = {"images": f"http://127.0.0.1:{free_port()}"}
    with pytest.raises(UpstreamUnavailable):
        upstream("images").request("GET", "/a")


def test_after_some_failures_the_next_calls_fail_at_once_until_the_role_is_back(
    settings: Settings, clock: Clock
) -> None:
    port = free_port()
    settings.UPSTREAMS = {"images": f"http://127.0.0.1:{port}"}
    images = upstream("images")
    for _ in range(5):
        with pytest.raises(UpstreamUnavailable):
            images.request("POST", "/a")
    with serving(port) as server:
        with pytest.raises(UpstreamUnavailable) as refusal:
            images.request("GET", "/a")
        assert refusal.value.headers == {"Retry-After": "1"}
        assert server.asked == []
        clock.advance(2.0)
        assert images.request("GET", "/a").status == 200
        assert images.request("GET", "/b").status == 200


def test_a_stream_is_not_what_a_silent_role_is_tried_with(
    images: Upstream, server: Server, clock: Clock
) -> None:
    server.respond = lambda _asked: Answer(hang=True)
    for _ in range(5):
        with pytest.raises(UpstreamUnavailable):
            images.request("GET", "/a", timeout_s=0.05)
    server.asked.clear()
    clock.advance(2.0)

    def upload() -> int:
        body = io.BytesIO(b"abc")
        return images.request("POST", "/a", headers={"Content-Length": "3"}, body=body).status

    with pytest.raises(UpstreamUnavailable):
        upload()
    assert [asked.path for asked in server.asked] == ["/livez"]
    server.respond = lambda _asked: Answer()
    clock.advance(2.0)
    assert upload() == 200
    assert upload() == 200
    paths = [(asked.path, asked.body) for asked in server.asked[1:]]
    assert paths == [("/livez", b""), ("/a", b"abc"), ("/a", b"abc")]


def test_refusals_do_not_open_the_breaker(images: Upstream, server: Server) -> None:
    server.respond = lambda _asked: Answer(503)
    assert [images.request("GET", "/a").status for _ in range(8)] == [503] * 8


def test_roles_have_breakers_of_their_own(images: Upstream, settings: Settings) -> None:
    settings.UPSTREAMS = {**settings.UPSTREAMS, "auth": f"http://127.0.0.1:{free_port()}"}
    for _ in range(6):
        with pytest.raises(UpstreamUnavailable):
            upstream("auth").request("POST", "/a")
    assert images.request("GET", "/a").status == 200


class Paced(io.RawIOBase):
    """A body of four chunks; the next is read only when the last has arrived."""

    def __init__(self, arrived: threading.Semaphore) -> None:
        self._arrived = arrived
        self.read_so_far = 0

    def read(self, _size: int = -1, /) -> bytes:
        if self.read_so_far == 4 * 65536:
            return b""
        if self.read_so_far:
            assert self._arrived.acquire(timeout=10)
        self.read_so_far += 65536
        return b"x" * 65536


def test_a_body_is_handed_on_while_it_is_read(images: Upstream, server: Server) -> None:
    arrived = threading.Semaphore(0)
    counted = 0

    def count(chunk: bytes) -> None:
        nonlocal counted
        before, counted = counted // 65536, counted + len(chunk)
        for _ in range(counted // 65536 - before):
            arrived.release()

    server.on_chunk = count
    body = Paced(arrived)
    reply = images.request("POST", "/a", headers={"Content-Length": str(4 * 65536)}, body=body)
    asked: Asked = server.asked[0]
    assert (reply.status, len(asked.body), counted) == (200, 4 * 65536, 4 * 65536)
    assert "Transfer-Encoding" not in asked.headers


class Stopped(DomainError):
    code = "upload_interrupted"


class Breaking(io.RawIOBase):
    def read(self, _size: int = -1, /) -> bytes:
        raise Stopped


def test_a_body_that_breaks_off_is_not_the_fault_of_the_role(
    images: Upstream, server: Server
) -> None:
    for _ in range(6):
        with pytest.raises(Stopped):
            images.request("POST", "/a", headers={"Content-Length": "9"}, body=Breaking())
    assert images.request("GET", "/a").status == 200


def test_a_role_without_an_address_is_a_fault_of_ours(settings: Settings) -> None:
    settings.UPSTREAMS = {}
    with pytest.raises(KeyError):
        upstream("images")


def test_a_role_has_one_client_in_a_process(images: Upstream) -> None:
    assert upstream("images") is images
    assert isinstance(images._pool, ConnectionPool)


def test_a_child_shares_no_connection_with_its_parent(images: Upstream) -> None:
    images.request("GET", "/a")
    child = os.fork()
    if not child:
        os._exit(upstream("images") is images)
    assert os.waitpid(child, 0)[1] == 0
    assert upstream("images") is images


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> InMemorySpanExporter:
    """What is traced meanwhile."""
    kept, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(kept))
    monkeypatch.setattr(tracing, "_providers", [provider])
    monkeypatch.setattr(trace, "get_tracer", provider.get_tracer)
    return kept


def test_a_call_is_a_span_and_goes_on_under_it(
    images: Upstream, server: Server, spans: InMemorySpanExporter
) -> None:
    with request_context.bind(REQUEST_ID, f"00-{TRACE}-b7ad6b7169203331-01"):
        images.request("GET", "/a?secret=1")
        server.respond = lambda _asked: Answer(503)
        images.request("POST", "/a", body=b"x")
    read, write = spans.get_finished_spans()
    assert (read.name, read.kind, dict(read.attributes or {})) == (
        "GET",
        trace.SpanKind.CLIENT,
        {"http.method": "GET", "peer.service": "images", "http.status_code": 200},
    )
    assert (write.name, write.status.status_code) == ("POST", trace.StatusCode.ERROR)
    for span, asked in zip((read, write), server.asked, strict=True):
        context = span.get_span_context()
        assert context is not None
        begins = f"00-{context.trace_id:032x}-{context.span_id:016x}-"
        assert asked.headers["traceparent"].startswith(begins)


def test_a_call_without_an_answer_is_a_span_that_failed(
    images: Upstream, server: Server, spans: InMemorySpanExporter
) -> None:
    server.respond = lambda _asked: Answer(close=True)
    with pytest.raises(UpstreamUnavailable):
        images.request("POST", "/a", body=b"x")
    (span,) = spans.get_finished_spans()
    assert span.status.status_code is trace.StatusCode.ERROR
