"""Views made from the table of `gateway.relay`: credentials and limits here, bytes from images.

A read is a function, the other methods of its path are a DRF view.
"""

from collections.abc import Callable, Iterable, Mapping
from itertools import groupby
from typing import Any, ClassVar, Final
from urllib.parse import quote

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from gateway.api.views import GatewayView, whole_body
from gateway.clients.images import answer_of
from gateway.clients.upstream_calls import UpstreamCall, content_check
from gateway.idempotency import idempotent
from gateway.permissions import caller_of
from gateway.relay import PUBLIC, Body, Route
from gateway.services.exports import export_begin
from gateway.services.processing import waiting_answer
from gateway.services.uploading import upload_store
from platform_site.kit.rest.hot_reads import AnyRequest, HotRead, HotRequest, beside
from platform_site.kit.rest.preferences import preferred_wait_s
from platform_site.kit.rest.rate_limits import client_headers
from platform_site.kit.upstream.replies import Reply

Handler = Callable[..., HttpResponseBase]
READ_METHOD: Final = "GET"

PASSED_ON: Final = (
    *("Content-Type", "ETag", "Last-Modified", "Cache-Control"),
    *("Location", "Retry-After", "Preference-Applied"),
)
"""All that a caller sees of the headers of another role."""
OF_A_URL: Final = "".join(map(chr, range(0x21, 0x7F)))


class RelayView(GatewayView):
    """The operations of one path."""

    routes: ClassVar[Mapping[str, Route]]


def relay(
    request: AnyRequest, route: Route, values: Mapping[str, Any], body: bytes | None = None
) -> HttpResponse:
    """What images answers to ``route``, as it is. Raises its refusals."""
    path = route.upstream_path(values) + _query(request)
    call = UpstreamCall(route.method, path, _headers(request, route), body, route.deadline_s)
    wait_s = preferred_wait_s(request.META.get("HTTP_PREFER", "")) if route.waits else 0
    if wait_s:
        return relayed_response(waiting_answer(call, caller=caller_of(request), wait_s=wait_s))
    return relayed_response(answer_of(call, caller=caller_of(request)))


def relayed_response(reply: Reply, *, status: int = 0, body: bytes | None = None) -> HttpResponse:
    """``reply`` to the public, with another status or body where they are given.

    Raises `UpstreamFailed` when it is not what a client of the API can read.
    """
    content_check(reply)
    response = HttpResponse(reply.body if body is None else body, status=status or reply.status)
    # A list of what passes, not of what is held back: nobody foresees what a role will send.
    for name in PASSED_ON:
        if (value := reply.headers.get(name)) is not None:
            response.headers[name] = value
    return response


def relay_urls(routes: Iterable[Route]) -> list[URLPattern]:
    """A view for each path of ``routes``, in which those of one path stand together."""
    paths = groupby(routes, key=lambda route: route.path)
    return [path(PUBLIC + name, _answering(tuple(of_path))) for name, of_path in paths]


def _answering(routes: tuple[Route, ...]) -> Callable[..., HttpResponseBase]:
    view = _view(routes)
    reads = [route for route in routes if route.method == READ_METHOD]
    if not reads:
        return view.as_view()
    return beside(view, HotRead(view, _described_by_images, _read(reads[0])))


def _read(route: Route) -> Callable[..., HttpResponseBase]:
    def read(asked: HotRequest, **values: Any) -> HttpResponseBase:
        return relay(asked, route, values)

    return read


def _described_by_images(handler: Handler) -> Handler:
    """`gateway.openapi` shows the view of images in its place."""
    return handler


def _view(routes: tuple[Route, ...]) -> type[RelayView]:
    members: dict[str, Any] = {
        "routes": {route.method: route for route in routes},
        "upload_methods": frozenset(r.method for r in routes if r.body is Body.STREAM),
        **{_scope_name(route): route.scope for route in routes},
        **{r.method.lower(): _handler(r) for r in routes if r.method != READ_METHOD},
    }
    return type("Relayed", (RelayView,), members)


def _scope_name(route: Route) -> str:
    return "read_scope" if route.method in SAFE_METHODS else "write_scope"


def _handler(route: Route) -> Handler:
    def handle(view: RelayView, request: Request, **values: Any) -> HttpResponseBase:
        if route.body is Body.STREAM:
            return relayed_response(upload_store(caller_of(request), view.upload))
        if route.body is Body.ACCOUNT:
            return relayed_response(export_begin(caller=caller_of(request)))
        body = whole_body(request) if route.body is Body.WHOLE else None
        return relay(request, route, values, body)

    return idempotent(handle) if route.is_idempotent else handle


def _headers(request: AnyRequest, route: Route) -> dict[str, str]:
    """The headers of ``request`` that images is to see beside those of every call."""
    headers = {} if route.method == READ_METHOD else client_headers()
    # By its name in WSGI: to ask by that of HTTP, Django would copy all of them first.
    if route.condition and (value := request.META.get(route.condition_in_wsgi)):
        headers[route.condition] = value
    if route.body is Body.WHOLE:
        headers["Content-Type"] = request.META.get("CONTENT_TYPE", "")
    return headers


def _query(request: AnyRequest) -> str:
    """The query as it was sent; WSGI gives its bytes as Latin-1, and some clients send UTF-8."""
    sent: str = request.META.get("QUERY_STRING", "")
    return f"?{quote(sent.encode('latin-1'), safe=OF_A_URL)}" if sent else ""
