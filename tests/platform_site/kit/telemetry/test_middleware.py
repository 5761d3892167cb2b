import re
from collections.abc import Iterator

import pytest
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import Client
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from pytest_django import Settings
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from platform_site.kit.telemetry.logs import REDACTED
from tests.platform_site.kit.log_lines import Lines, listening
from tests.platform_site.kit.token_issuer import AUDIENCE, Issuer

REQUEST_ID = "0190b6a0-0000-7000-8000-000000000001"


class Personal(APIView):
    audience = AUDIENCE

    def post(self, _request: Request, number: int) -> Response:
        return Response({"number": number})


@csrf_exempt
def lax(_request: HttpRequest) -> HttpResponse:
    return HttpResponse(headers={"Cache-Control": "max-age=60", "X-Frame-Options": "SAMEORIGIN"})


def empty(_request: HttpRequest, status: int) -> HttpResponse:
    return HttpResponse(status=status, headers={"ETag": '"1"'})


def streamed(_request: HttpRequest) -> StreamingHttpResponse:
    return StreamingHttpResponse(iter([b"a", b"b"]))


def break_down(_request: HttpRequest) -> HttpResponse:
    raise LookupError("gone")


urlpatterns = [
    path("things/<int:number>", Personal.as_view()),
    path("lax", lax),
    path("empty/<int:status>", empty),
    path("break", break_down),
    path("streamed", streamed),
]
handler404 = "platform_site.kit.rest.exceptions.page_not_found"
handler500 = "platform_site.kit.rest.exceptions.server_error"


@pytest.fixture(autouse=True)
def routes(settings: Settings) -> None:
    settings.ROOT_URLCONF = __name__


@pytest.fixture
def lines() -> Iterator[Lines]:
    with listening() as lines:
        yield lines


@pytest.fixture
def plain_client() -> Client:
    return Client(raise_request_exception=False)


def test_a_request_is_told_once_by_its_route(issuer: Issuer, client: Client, lines: Lines) -> None:
    raw = issuer.access()
    reply = client.post(
        "/things/12345?email=alice@example.com&token=hunter2",
        {"email": "alice@example.com", "password": "hunter2"},
        content_type="application/json",
        headers={"Authorization": f"Bearer {raw}", "X-Request-ID": REQUEST_ID},
        REMOTE_ADDR="203.0.113.77",
    )
    assert reply.status_code == 200
    (event,) = lines.named("request")
    assert event.pop("seconds") >= 0
    assert len(event.pop("trace_id")) == 32
    assert event.pop("time").endswith("Z")
    assert event == {
        "event": "request",
        "role": "embedded",
        "method": "POST",
        "route": "/things/<int:number>",
        "status": 200,
        "user_id": str(issuer.subject),
        "request_id": REQUEST_ID,
        "level": "info",
        "logger": "platform.request",
    }
    for secret in (raw, raw.split(".")[2], "alice@example.com", "hunter2", "203.0.113", "12345"):
        assert secret not in lines.text


def test_charlie_and_a_missing_route_are_told_too(client: Client, lines: Lines) -> None:
    client.post("/things/1")
    client.get("/nowhere/secret-path")
    assert [(e["route"], e["status"], e["user_id"]) for e in lines.named("request")] == [
        ("/things/<int:number>", 401, None),
        ("unrouted", 404, None),
    ]
    assert "secret-path" not in lines.text


def test_what_breaks_is_told_as_an_error(plain_client: Client, lines: Lines) -> None:
    plain_client.get("/break", headers={"X-Request-ID": REQUEST_ID})
    (event,) = lines.named("request")
    assert (event["status"], event["level"], event["request_id"]) == (500, "error", REQUEST_ID)


def test_a_host_that_is_none_of_ours_is_refused_and_told_like_any_other(
    plain_client: Client, lines: Lines, settings: Settings
) -> None:
    settings.ALLOWED_HOSTS = ["testserver"]
    reply = plain_client.get("/lax", headers={"Host": "evil.example", "X-Request-ID": REQUEST_ID})
    assert (reply.status_code, reply["X-Request-ID"]) == (400, REQUEST_ID)
    assert reply["X-Frame-Options"] == "DENY"
    (event,) = lines.named("request")
    assert (event["status"], event["route"], event["level"]) == (400, "unrouted", "info")


def test_no_field_of_the_line_is_one_that_is_redacted(client: Client, lines: Lines) -> None:
    client.get("/lax")
    (event,) = lines.named("request")
    assert not {name for name in event if re.split("[_-]", name)[-1] in REDACTED}


def test_a_reply_tells_its_length_unless_it_is_a_stream(client: Client) -> None:
    assert client.get("/things/1")["Content-Length"] == str(len(client.get("/things/1").content))
    assert not client.get("/streamed").has_header("Content-Length")


def test_the_request_id_is_given_back(client: Client) -> None:
    assert client.get("/lax", headers={"X-Request-ID": REQUEST_ID})["X-Request-ID"] == REQUEST_ID
    forged = client.get("/lax", headers={"X-Request-ID": "<script>"})["X-Request-ID"]
    assert len(forged) == 36
    assert (
        client.get("/nowhere", headers={"X-Request-ID": REQUEST_ID})["X-Request-ID"] == REQUEST_ID
    )


@pytest.mark.parametrize("address", ["/lax", "/nowhere", "/break"])
def test_every_reply_carries_the_security_headers(
    plain_client: Client, settings: Settings, address: str
) -> None:
    settings.CONTENT_SECURITY_POLICY = "default-src 'none'"
    reply = plain_client.get(address)
    assert reply["X-Content-Type-Options"] == "nosniff"
    assert reply["Referrer-Policy"] == "same-origin"
    assert reply["Cross-Origin-Opener-Policy"] == "same-origin"
    assert reply["Content-Security-Policy"] == "default-src 'none'"
    assert "Strict-Transport-Security" not in reply


def test_a_reply_is_not_kept_unless_the_view_says_so(plain_client: Client) -> None:
    assert plain_client.get("/nowhere")["Cache-Control"] == "no-store"
    assert plain_client.get("/nowhere")["X-Frame-Options"] == "DENY"
    assert plain_client.get("/lax")["Cache-Control"] == "max-age=60"
    assert plain_client.get("/lax")["X-Frame-Options"] == "SAMEORIGIN"


def test_strict_transport_is_asked_for_where_it_is_set(client: Client, settings: Settings) -> None:
    settings.HSTS_SECONDS = 600
    assert client.get("/lax")["Strict-Transport-Security"] == "max-age=600; includeSubDomains"


@pytest.mark.parametrize("address", ["/livez", "/health"])
def test_a_probe_is_answered_whatever_the_host_header(client: Client, address: str) -> None:
    for host in ("10.42.0.7:8080", "bad host", ""):
        reply = client.get(address, headers={"Host": host})
        assert (reply.status_code, reply.json()["status"]) == (200, "ok")


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/readyz", "/ready"])
def test_readiness_is_answered_whatever_the_host_header(client: Client, address: str) -> None:
    assert client.get(address, headers={"Host": "10.42.0.7:8080"}).status_code == 200


def test_probes_are_not_told_in_the_log(client: Client, lines: Lines) -> None:
    client.get("/livez")
    assert lines.named("request") == []


@pytest.mark.parametrize(("status", "typed"), [(204, False), (304, False), (200, True)])
def test_a_reply_without_content_names_neither_type_nor_length(
    client: Client,
    status: int,
    *,
    typed: bool,
) -> None:
    reply = client.get(f"/empty/{status}")
    assert reply.status_code == status
    assert ("Content-Type" in reply.headers) is typed
    assert ("Content-Length" in reply.headers) is typed
    assert reply.headers["ETag"] == '"1"'
