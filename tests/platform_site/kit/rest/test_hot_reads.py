"""Hot reads beside DRF views of the same rules: whoever asks gets the same answer of both."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.http import HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import path
from pytest_django import Settings
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from platform_site.kit.rest.codecs import FormParser
from platform_site.kit.rest.descriptions import described
from platform_site.kit.rest.hot_reads import (
    AnyRequest,
    HotRequest,
    alone,
    beside,
    hot,
    json_response,
)
from platform_site.kit.rest.problems import DomainError
from platform_site.kit.rest.rate_limits import RateDecision

LIMIT = 3
counted: list[str] = []


class Tired(DomainError):
    status = 409
    code = "tired"
    title = "Not now"


class NameAuthentication(BaseAuthentication):
    """The header names who asks; "nobody" is refused, and no header is anonymous."""

    def authenticate(self, request: Request) -> tuple[Any, None] | None:
        name = request.META.get("HTTP_X_NAME", "")
        if name == "nobody":
            raise exceptions.AuthenticationFailed("There is no nobody.")
        return (SimpleNamespace(name=name, id=name, is_authenticated=True), None) if name else None

    def authenticate_header(self, request: Request) -> str:  # noqa: ARG002
        return "Bearer"


class KnownAndWelcome(IsAuthenticated):
    message = "Bob may not."

    def has_permission(self, request: Request, view: APIView) -> bool:
        return super().has_permission(request, view) and name_of(request) != "bob"


def name_of(request: AnyRequest) -> str:
    user: Any = request.user
    name: str = user.name
    return name


def count(request: AnyRequest) -> RateDecision:
    """Count every use, of whomever."""
    counted.append(name_of(request))
    left = LIMIT - len(counted)
    decision = RateDecision("uses", left >= 0, LIMIT, max(0, left), 60, 60)
    decision.require()
    return decision


class Guarded(APIView):
    authentication_classes = [NameAuthentication]
    permission_classes = [KnownAndWelcome]
    count = staticmethod(count)


class Open(APIView):
    authentication_classes = []
    permission_classes = []


def answer(request: AnyRequest) -> dict[str, Any]:
    match request.query_params.get("do"):
        case "refuse":
            raise Tired(retry_after_s=7)
        case "break":
            raise RuntimeError
    return {"name": name_of(request), "path": request.path}


class InDrf(Guarded):
    """What the function is compared with."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.decision = count(request)

    def get(self, request: Request) -> Response:
        return Response(answer(request), headers=self.decision.headers)


class Written(Guarded):
    def post(self, request: Request) -> Response:  # noqa: ARG002
        return Response({"written": True})


@hot(Guarded, described("read", tag="test", replies={}, refusals={}))
def read_one(read: HotRequest) -> HttpResponseBase:
    """Say who asks."""
    return json_response(answer(read))


@hot(Open, described("open", tag="test", replies={}, refusals={}, anonymous=True))
def read_open(read: HotRequest, number: int) -> HttpResponse:
    """Say the number."""
    return json_response(b"%d" % number, headers={"ETag": '"1"', "X-User": str(read.user)})


def question(form: QueryDict) -> dict[str, Any]:
    return {"asked": dict(form.lists())}


class AskedInDrf(Open):
    """What the function that takes a form is compared with."""

    parser_classes = [FormParser]

    def post(self, request: Request) -> Response:
        form = request.data
        return Response(question(form if isinstance(form, QueryDict) else QueryDict()))


@hot(Open, described("asked", tag="test", replies={}, refusals={}, anonymous=True), method="POST")
def read_asked(read: HotRequest) -> HttpResponse:
    """Say what was asked."""
    return json_response(question(read.form()))


@hot(Open, described("told", tag="test", replies={}, refusals={}, anonymous=True), method="POST")
def read_told(read: HotRequest) -> HttpResponse:
    """Say what was told."""
    return json_response({"told": read.json()})


urlpatterns = [
    path("hot", beside(Written, read_one)),
    path("drf", InDrf.as_view()),
    path("open/<int:number>", alone(read_open)),
    path("hot-form", alone(read_asked)),
    path("drf-form", AskedInDrf.as_view()),
    path("hot-json", alone(read_told)),
]
handler500 = "platform_site.kit.rest.exceptions.server_error"


@pytest.fixture(autouse=True)
def _routes(settings: Settings) -> None:
    settings.ROOT_URLCONF = __name__
    counted.clear()


@pytest.fixture
def ask() -> Callable[..., HttpResponse]:
    client = Client(raise_request_exception=False)

    def send(path: str, method: str = "GET", **headers: str) -> Any:
        return client.generic(method, path, headers=headers)

    return send


@pytest.mark.parametrize(
    ("query", "headers", "status"),
    [
        ("", {"X-Name": "alice"}, 200),
        ("", {"X-Name": "alice", "Accept": "application/*;q=0.5, text/html"}, 200),
        ("", {"X-Name": "alice", "Accept": "image/png"}, 406),
        ("", {}, 401),
        ("", {"X-Name": "nobody"}, 401),
        ("", {"X-Name": "bob"}, 403),
        ("?do=refuse", {"X-Name": "alice"}, 409),
        ("?do=break", {"X-Name": "alice"}, 500),
    ],
)
def test_a_hot_read_answers_as_drf_does(
    ask: Callable[..., Any], query: str, headers: dict[str, str], status: int
) -> None:
    ours, drfs = ask(f"/hot{query}", **headers), ask(f"/drf{query}", **headers)

    assert (ours.status_code, drfs.status_code) == (status, status)
    varying = {"instance", "request_id", "path"}
    for one, other in zip(_items(ours.json(), varying), _items(drfs.json(), varying), strict=True):
        assert one == other
    for name in ("Content-Type", "WWW-Authenticate", "Retry-After", "RateLimit-Policy"):
        if status not in {409, 500} or name != "RateLimit-Policy":
            assert ours.headers.get(name) == drfs.headers.get(name), name


def _items(document: dict[str, Any], varying: set[str]) -> list[tuple[str, Any]]:
    return sorted((name, value) for name, value in document.items() if name not in varying)


def test_every_answer_says_what_is_left_and_one_over_the_limit_is_refused(
    ask: Callable[..., Any],
) -> None:
    said = [ask("/hot?do=refuse", **{"X-Name": "alice"}) for _ in range(LIMIT + 1)]

    assert [answer.status_code for answer in said] == [409, 409, 409, 429]
    assert [answer.headers["RateLimit"] for answer in said] == [
        f'"uses";r={left};t=60' for left in (2, 1, 0, 0)
    ]


def test_who_is_refused_is_not_counted(ask: Callable[..., Any]) -> None:
    ask("/hot")
    ask("/hot", **{"X-Name": "bob"})
    assert counted == []


def test_other_methods_go_to_the_view_beside(ask: Callable[..., Any]) -> None:
    assert ask("/hot", "POST", **{"X-Name": "alice"}).json() == {"written": True}
    assert ask("/hot", "POST").status_code == 401


@pytest.mark.parametrize(("path", "allowed"), [("/hot", "GET, POST, HEAD, OPTIONS")])
def test_a_method_that_nobody_takes_is_refused_with_those_that_are(
    ask: Callable[..., Any], path: str, allowed: str
) -> None:
    refused = ask(path, "DELETE", **{"X-Name": "alice"})
    assert refused.status_code == 405
    assert refused.headers["Allow"] == allowed


def test_an_open_read_takes_the_values_of_its_path(ask: Callable[..., Any]) -> None:
    said = ask("/open/7")
    assert (said.content, said.headers["ETag"], said.headers["X-User"]) == (b"7", '"1"', "None")
    assert ask("/open/7", "POST").status_code == 405


def test_the_log_learns_who_asked(ask: Callable[..., Any]) -> None:
    assert ask("/hot", **{"X-Name": "alice"}).wsgi_request.user.name == "alice"


def test_the_schema_finds_a_handler_with_the_words_of_the_function() -> None:
    kind: Any = urlpatterns[0].callback.cls  # type: ignore[attr-defined]
    assert kind.get.__doc__ == "Say who asks."
    assert issubclass(kind, Written)
    assert kind.__name__ == "Written"


FORM = FormParser.media_type


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        ("a=1&a=2&b=%C3%A9", FORM, 200),
        ("a=1", f"{FORM}; charset=iso-8859-1", 200),
        ("a=1", FORM.upper(), 200),
        ("", FORM, 200),
        ("", "application/json", 200),
        ("{}", "application/json", 415),
        ("a=1", "", 415),
        ("a=" + "x" * 1_000_000, FORM, 413),
    ],
)
def test_a_form_is_taken_as_drf_takes_it(body: str, content_type: str, status: int) -> None:
    ours, drfs = (
        Client().generic("POST", path, body, content_type) for path in ("/hot-form", "/drf-form")
    )
    assert (ours.status_code, drfs.status_code) == (status, status)
    varying = {"instance", "request_id"}
    assert _items(ours.json(), varying) == _items(drfs.json(), varying)


def test_a_read_by_post_is_no_get(ask: Callable[..., Any]) -> None:
    refused = ask("/hot-form")
    assert (refused.status_code, refused.headers["Allow"]) == (405, "POST, OPTIONS")


@pytest.mark.parametrize(
    ("body", "content_type", "answer"),
    [
        (b'{"a": [1]}', "application/json; charset=utf-8", {"told": {"a": [1]}}),
        (b"", "text/plain", {"told": {}}),
        (b"{", "application/json", "malformed_json"),
        (b"{}", "text/plain", "unsupported_media_type"),
    ],
)
def test_a_document_comes_in_json_or_not_at_all(
    body: bytes, content_type: str, answer: object
) -> None:
    reply = Client().generic("POST", "/hot-json", body, content_type=content_type)
    said = reply.json()
    assert said == answer or said["code"] == answer
