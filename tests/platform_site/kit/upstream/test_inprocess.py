"""The transport inside the process keeps the contract of the one over sockets."""

import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.signals import request_finished, request_started
from django.db import connection
from django.http import (
    FileResponse,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    JsonResponse,
    StreamingHttpResponse,
)
from django.test import Client
from django.urls import get_urlconf, path, set_urlconf
from django.views.decorators.csrf import csrf_exempt
from pytest_django import Settings

from platform_site.kit.rest.problems import DomainError, problem_response
from platform_site.kit.telemetry.request_context import (
    bind,
    current_request_id,
    current_trace_id,
)
from platform_site.kit.upstream.http import Upstream, upstream

REQUEST_ID = "0190b6a0-0000-7000-8000-000000000001"
events: list[str] = []


@csrf_exempt
def echo(request: HttpRequest) -> HttpResponse:
    return JsonResponse(
        {
            "method": request.method,
            "path": request.path,
            "query": request.GET.dict(),
            "body": request.read().decode(),
            "kind": request.content_type,
            "authorization": request.headers.get("Authorization"),
            "request_id": current_request_id(),
            "given_id": request.headers.get("X-Request-ID"),
            "traced": "traceparent" in request.headers,
            "site": request.build_absolute_uri("/"),
        },
        headers={"X-Custom": "yes"},
    )


@csrf_exempt
def piecewise(request: HttpRequest) -> HttpResponse:
    while piece := request.read(4):
        events.append(f"taken {len(piece)}")
    return HttpResponse(status=204)


def refuse(request: HttpRequest) -> HttpResponse:
    return problem_response(DomainError("No.", retry_after_s=7), request)


def break_down(_request: HttpRequest) -> HttpResponse:
    raise LookupError("a secret of ours")


class Closing(io.BytesIO):
    def close(self) -> None:
        events.append("closed")
        super().close()


def stream(_request: HttpRequest) -> HttpResponseBase:
    return StreamingHttpResponse(iter([b"a", b"b"]))


def file(_request: HttpRequest) -> HttpResponseBase:
    return FileResponse(Closing(b"content"), content_type="image/webp")


def outer(request: HttpRequest) -> HttpResponse:
    """A view of the outer role that calls the inner one, as the gateway does."""
    before = get_urlconf(), current_request_id()
    inner = upstream("images").request("GET", "/echo").json()
    after = get_urlconf(), current_request_id()
    told = {"inner": inner["request_id"], "outer": after[1], "site": inner["site"]}
    return JsonResponse({"same": before == after, **told})


urlpatterns = [
    path("echo", echo),
    path("piecewise", piecewise),
    path("refuse", refuse),
    path("break", break_down),
    path("stream", stream),
    path("file", file),
    path("outer", outer),
]
handler404 = "platform_site.kit.rest.exceptions.page_not_found"
handler500 = "platform_site.kit.rest.exceptions.server_error"


@pytest.fixture
def images(settings: Settings) -> Iterator[Upstream]:
    settings.UPSTREAMS = {"images": f"inprocess:{__name__}"}
    yield upstream("images")
    events.clear()


def test_a_request_arrives_as_it_was_sent(images: Upstream) -> None:
    with bind(REQUEST_ID):
        reply = images.request(
            "POST",
            "/echo?a=1&b=%20x",
            headers={"Content-Type": "text/plain", "Authorization": "Bearer t"},
            body=b"hello",
        )
    assert reply.status == 200
    assert reply.json() == {
        "method": "POST",
        "path": "/echo",
        "query": {"a": "1", "b": " x"},
        "body": "hello",
        "kind": "text/plain",
        "authorization": "Bearer t",
        "request_id": REQUEST_ID,
        "given_id": REQUEST_ID,
        "traced": True,
        "site": "http://localhost/",
    }
    assert reply.headers["x-custom"] == "yes"
    assert reply.headers["CONTENT-TYPE"] == "application/json"
    assert reply.headers["x-request-id"] == REQUEST_ID


def test_a_refusal_and_a_missing_route_are_answers(images: Upstream) -> None:
    reply = images.request("GET", "/refuse")
    assert (reply.status, reply.json()["detail"], reply.headers["retry-after"]) == (400, "No.", "7")
    missing = images.request("GET", "/nowhere")
    assert (missing.status, missing.json()["code"]) == (404, "not_found")


def test_what_breaks_inside_is_a_500_of_the_other_role(images: Upstream) -> None:
    reply = images.request("GET", "/break")
    assert (reply.status, reply.json()["code"]) == (500, "internal_error")
    assert b"secret" not in reply.body


def test_a_streamed_answer_is_given_whole(images: Upstream) -> None:
    assert images.request("GET", "/stream").body == b"ab"


def test_a_file_is_given_whole_and_closed(images: Upstream) -> None:
    reply = images.request("GET", "/file")
    assert (reply.body, reply.headers["Content-Type"]) == (b"content", "image/webp")
    assert events == ["closed"]


def test_a_head_has_no_body(images: Upstream) -> None:
    reply = images.request("HEAD", "/file")
    assert (reply.status, reply.body, reply.headers["Content-Length"]) == (200, b"", "7")


class Source:
    """A body in pieces that says when each of them is asked for."""

    def __init__(self, *pieces: bytes) -> None:
        self._pieces = list(pieces)

    def read(self, _size: int = -1, /) -> bytes:
        piece = self._pieces.pop(0) if self._pieces else b""
        events.append(f"given {len(piece)}")
        return piece


def test_a_body_streams_through_without_being_held(images: Upstream) -> None:
    reply = images.request(
        "POST", "/piecewise", headers={"Content-Length": "8"}, body=Source(b"aaaa", b"bbbb")
    )
    assert reply.status == 204
    assert events[:4] == ["given 4", "taken 4", "given 4", "taken 4"]


def test_the_body_ends_where_its_length_says(images: Upstream) -> None:
    reply = images.request("POST", "/echo", headers={"Content-Length": "3"}, body=Source(b"abcdef"))
    assert reply.json()["body"] == "abc"


def test_the_outer_request_goes_on_as_it_was(
    images: Upstream, settings: Settings, client: Client
) -> None:
    settings.ROOT_URLCONF = __name__
    reply = client.get("/outer", headers={"X-Request-ID": REQUEST_ID, "Host": "127.0.0.1:8001"})
    found = {"same": True, "inner": REQUEST_ID, "outer": REQUEST_ID}
    assert reply.json() == {**found, "site": "http://127.0.0.1:8001/"}


def test_the_urlconf_is_restored_even_after_a_failure(images: Upstream) -> None:
    class Broken:
        def read(self, _size: int = -1, /) -> bytes:
            raise DomainError("broken off")

    set_urlconf("platform_site.urls.probes")
    try:
        images.request("POST", "/echo", headers={"Content-Length": "3"}, body=Broken())
        assert get_urlconf() == "platform_site.urls.probes"
    finally:
        set_urlconf(None)


def test_the_logs_context_of_the_outer_request_is_kept(images: Upstream) -> None:
    with bind(REQUEST_ID):
        before = current_request_id(), current_trace_id()
        images.request("GET", "/echo")
        assert (current_request_id(), current_trace_id()) == before


@pytest.fixture
def signals() -> Iterator[list[str]]:
    heard: list[str] = []
    receivers: list[tuple[Any, Callable[..., None]]] = []
    for signal, name in ((request_started, "started"), (request_finished, "finished")):

        def hear(*, _name: str = name, **_arguments: Any) -> None:
            heard.append(_name)

        signal.connect(hear)
        receivers.append((signal, hear))
    yield heard
    for signal, receiver in receivers:
        signal.disconnect(receiver)


@pytest.mark.django_db(transaction=True)
def test_the_outer_database_connection_stays_open(images: Upstream, signals: list[str]) -> None:
    connection.ensure_connection()
    before = connection.connection
    for address in ("/echo", "/file", "/stream", "/break"):
        images.request("GET", address)
    assert connection.connection is before
    assert connection.is_usable()
    assert signals == []
