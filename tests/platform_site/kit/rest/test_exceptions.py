"""Every refusal through a small URLconf of function views and DRF views."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from pytest_django import Settings
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from platform_site.kit.rest.exceptions import as_domain_error
from platform_site.kit.rest.problems import DomainError, FieldError, problem_response
from platform_site.kit.rest.serializers import StrictSerializer

REQUEST_ID = "0190b6a0-0000-7000-8000-000000000001"
MEMBERS = {"type", "title", "status", "detail", "instance", "code", "request_id", "errors"}


class Teapot(DomainError):
    status = 418
    code = "teapot"
    title = "This is a teapot"


class Inner(StrictSerializer):
    width = serializers.IntegerField(min_value=1)


class Outer(StrictSerializer):
    email = serializers.EmailField()
    ops = Inner(required=False)
    steps = Inner(many=True, required=False)
    tags = serializers.ListField(child=serializers.CharField(max_length=3), required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["email"] == "taken@example.com":
            raise serializers.ValidationError("Choose another one.", code="taken")
        return attrs


to_raise: list[Exception] = []


class Raising(APIView):
    authentication_classes = []
    permission_classes = []

    def get(self, _request: Request) -> Response:
        raise to_raise[0]

    def post(self, request: Request) -> Response:
        serializer = Outer(data=request.data)
        serializer.is_valid(raise_exception=True)
        return Response(serializer.validated_data)


@csrf_exempt
def plain(request: HttpRequest) -> HttpResponse:
    if isinstance(to_raise[0], DomainError):
        return problem_response(to_raise[0], request)
    raise to_raise[0]


urlpatterns = [
    path("drf", Raising.as_view()),
    path("plain", plain),
    path("typed/<uuid:image_id>", plain),
]
handler400 = "platform_site.kit.rest.exceptions.bad_request"
handler403 = "platform_site.kit.rest.exceptions.permission_denied"
handler404 = "platform_site.kit.rest.exceptions.page_not_found"
handler500 = "platform_site.kit.rest.exceptions.server_error"


@pytest.fixture(autouse=True)
def routes(settings: Settings) -> None:
    settings.ROOT_URLCONF = __name__
    to_raise.clear()


@pytest.fixture
def ask() -> Callable[..., Any]:
    client = Client(raise_request_exception=False, headers={"X-Request-ID": REQUEST_ID})
    return client.generic


def document(reply: Any) -> dict[str, Any]:
    assert reply["Content-Type"] == "application/problem+json"
    found = dict(reply.json())
    assert found.keys() == MEMBERS
    assert found["status"] == reply.status_code
    assert found["type"] == f"urn:problem:{found['code']}"
    assert found["request_id"] == reply["X-Request-ID"] == REQUEST_ID
    return found


@pytest.mark.parametrize("address", ["/drf", "/plain"])
def test_a_refusal_is_told_with_every_member(ask: Callable[..., Any], address: str) -> None:
    to_raise.append(
        Teapot(
            "It is short.",
            errors=[FieldError("/spout", "short", "Longer.")],
            retry_after_s=0,
            headers={"X-Kind": "stout"},
        )
    )
    reply = ask("GET", address)
    assert document(reply) == {
        "type": "urn:problem:teapot",
        "title": "This is a teapot",
        "status": 418,
        "detail": "It is short.",
        "instance": address,
        "code": "teapot",
        "request_id": REQUEST_ID,
        "errors": [{"pointer": "/spout", "code": "short", "detail": "Longer."}],
    }
    assert (reply["Retry-After"], reply["X-Kind"]) == ("1", "stout")


@pytest.mark.parametrize(
    ("exc", "status", "code"),
    [
        (Http404("secret row"), 404, "not_found"),
        (PermissionDenied("secret rule"), 403, "permission_denied"),
        (SuspiciousOperation("secret find"), 400, "bad_request"),
        (RequestDataTooBig("Too big."), 413, "payload_too_large"),
        (exceptions.ParseError("At byte 3."), 400, "malformed_json"),
        (exceptions.UnsupportedMediaType("text/x"), 415, "unsupported_media_type"),
        (exceptions.MethodNotAllowed("BREW"), 405, "method_not_allowed"),
        (exceptions.NotAcceptable(), 406, "not_acceptable"),
        (exceptions.NotFound(), 404, "not_found"),
        (exceptions.PermissionDenied(), 403, "permission_denied"),
        (exceptions.Throttled(wait=12.7), 429, "rate_limited"),
        (exceptions.APIException("Broken."), 500, "error"),
    ],
)
def test_known_exceptions_become_problems(
    ask: Callable[..., Any], exc: Exception, status: int, code: str
) -> None:
    to_raise.append(exc)
    reply = ask("GET", "/drf")
    found = document(reply)
    assert (found["status"], found["code"], found["instance"]) == (status, code, "/drf")
    assert "secret" not in reply.content.decode()


@pytest.mark.parametrize("exc", [exceptions.NotAuthenticated(), exceptions.AuthenticationFailed()])
def test_the_challenge_is_kept(exc: exceptions.APIException) -> None:
    vars(exc)["auth_header"] = "Bearer"  # as DRF's view does
    error = as_domain_error(exc)
    assert error is not None
    assert (error.status, error.code) == (401, "not_authenticated")
    assert error.headers == {"WWW-Authenticate": "Bearer"}


def test_the_time_to_wait_is_kept(ask: Callable[..., Any]) -> None:
    to_raise.append(exceptions.Throttled(wait=12.7))
    assert ask("GET", "/drf")["Retry-After"] == "13"


@pytest.mark.parametrize("address", ["/drf", "/plain"])
def test_what_breaks_is_told_by_its_request_id_and_nothing_else(
    ask: Callable[..., Any], address: str
) -> None:
    to_raise.append(KeyError("postgresql://owner:hunter2@host/"))
    reply = ask("GET", address)
    assert document(reply) == {
        "type": "urn:problem:internal_error",
        "title": "Something broke on our side",
        "status": 500,
        "detail": "",
        "instance": address,
        "code": "internal_error",
        "request_id": REQUEST_ID,
        "errors": [],
    }
    assert as_domain_error(to_raise[0]) is None


@pytest.mark.parametrize(
    ("exc", "status", "code"),
    [
        (Http404("secret"), 404, "not_found"),
        (PermissionDenied("secret"), 403, "permission_denied"),
        (SuspiciousOperation("secret"), 400, "bad_request"),
        (RequestDataTooBig("Too big."), 413, "payload_too_large"),
    ],
)
def test_plain_views_refuse_in_the_same_words(
    ask: Callable[..., Any], exc: Exception, status: int, code: str
) -> None:
    to_raise.append(exc)
    reply = ask("GET", "/plain")
    assert (document(reply)["status"], reply.json()["code"]) == (status, code)
    assert "secret" not in reply.content.decode()


@pytest.mark.parametrize("address", ["/nowhere", "/typed/7", "/drf/", "/%ff%00"])
def test_what_no_route_takes_is_not_found(ask: Callable[..., Any], address: str) -> None:
    assert document(ask("GET", address))["code"] == "not_found"


def test_a_host_that_is_not_ours_is_refused(ask: Callable[..., Any]) -> None:
    reply = ask("GET", "/plain", headers={"Host": "elsewhere.example"})
    assert document(reply)["code"] == "bad_request"
    assert "elsewhere" not in reply.content.decode()


def test_another_method_names_the_allowed_ones(ask: Callable[..., Any]) -> None:
    reply = ask("DELETE", "/drf")
    assert document(reply)["code"] == "method_not_allowed"
    assert (reply.status_code, reply["Allow"]) == (405, "GET, POST, HEAD, OPTIONS")


@pytest.mark.parametrize(
    "body",
    [b"{", b"\xff", b'{"a": NaN}', b'"\\ud800"', b"[" * 5000, b'{"a": 1} x', b"\xef\xbb\xbf"],
)
def test_malformed_json_is_refused(ask: Callable[..., Any], body: bytes) -> None:
    reply = ask("POST", "/drf", body, content_type="application/json")
    assert (reply.status_code, document(reply)["code"]) == (400, "malformed_json")
    assert " at byte " in reply.json()["detail"]


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "", "x"])
def test_another_content_type_is_refused(ask: Callable[..., Any], kind: str) -> None:
    reply = ask("POST", "/drf", b"email=a", content_type=kind)
    assert (reply.status_code, document(reply)["code"]) == (415, "unsupported_media_type")


def test_json_in_another_charset_than_utf_8_is_malformed(ask: Callable[..., Any]) -> None:
    body = '{"email": "a@example.com"}'.encode("utf-16")
    reply = ask("POST", "/drf", body, content_type="application/json; charset=utf-16")
    assert document(reply)["code"] == "malformed_json"


def test_a_json_body_past_the_limit_is_refused(ask: Callable[..., Any], settings: Settings) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    body = b'{"email": "a@example.com"}'
    exact = body + b" " * (100 - len(body))
    assert ask("POST", "/drf", exact, content_type="application/json").status_code == 200
    reply = ask("POST", "/drf", exact + b" ", content_type="application/json")
    assert (reply.status_code, document(reply)["code"]) == (413, "payload_too_large")


def errors_of(ask: Callable[..., Any], body: str) -> tuple[str, set[tuple[str, str]]]:
    reply = ask("POST", "/drf", body.encode(), content_type="application/json")
    assert reply.status_code == 400
    found = document(reply)
    return found["code"], {(item["pointer"], item["code"]) for item in found["errors"]}


@pytest.mark.parametrize(
    ("body", "code", "errors"),
    [
        ("{}", "invalid", {("/email", "required")}),
        ('{"email": "x"}', "invalid", {("/email", "invalid")}),
        ("[]", "invalid", {("/", "invalid")}),
        ("null", "invalid", {("/", "null")}),
        ('{"email": "taken@example.com"}', "invalid", {("/", "taken")}),
        ('{"email": "a@b.de", "a/b~c": 1}', "unknown_field", {("/a~1b~0c", "unknown_field")}),
        ('{"email": "a@b.de", "ops": {}}', "invalid", {("/ops/width", "required")}),
        ('{"email": "a@b.de", "ops": {"x": 1}}', "unknown_field", {("/ops/x", "unknown_field")}),
        (
            '{"email": "a@b.de", "steps": [{"width": 1}, {"width": 0}, {}]}',
            "invalid",
            {("/steps/1/width", "min_value"), ("/steps/2/width", "required")},
        ),
        ('{"email": "a@b.de", "tags": ["abc", "abcd"]}', "invalid", {("/tags/1", "max_length")}),
        ('{"email": "a@b.de\\u0000"}', "invalid", {("/email", "null_characters_not_allowed")}),
    ],
)
def test_each_wrong_field_is_pointed_at(
    ask: Callable[..., Any], body: str, code: str, errors: set[tuple[str, str]]
) -> None:
    found_code, found = errors_of(ask, body)
    assert found_code == code
    assert errors <= found
