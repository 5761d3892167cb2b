"""gateway/api/relayed.py: what comes from images goes to the caller as it is, and no more of it."""

import json
import re
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from gateway.clients import upstream_calls
from gateway.relay import ROUTES, Body, Route
from platform_site.kit.upstream.http import upstream
from platform_site.kit.upstream.replies import Reply
from tests.gateway.documents import HOST, IMAGE_ID, image, job, upload
from tests.gateway.provider import Answer, Provider

ID = UUID(int=7)
PASSED_ON = [route for route in ROUTES if route.body is not Body.ACCOUNT]
"""What goes to images as it came; an export asks auth first: tests/gateway/contracts."""
A_ROUTE = pytest.mark.parametrize(
    "route", PASSED_ON, ids=lambda route: f"{route.method} {route.path}"
)
UPLOADS = "/internal/v1/images"
IMAGE = f"/internal/v1/images/{IMAGE_ID}"
PUBLIC = f"/api/v1/images/{IMAGE_ID}"
JSON = "application/json"


def public(route: Route) -> str:
    return "/api/v1/" + re.sub(r"<\w+:\w+>", str(ID), route.path)


def internal(route: Route) -> str:
    return route.upstream_path({"image_id": ID, "job_id": ID, "export_id": ID})


def ask(client: Client, route: Route, **headers: str) -> Any:
    if route.body is Body.STREAM:
        return send(client, **headers)
    body = b'{"any": "thing"}' if route.method != "GET" else b""
    return client.generic(route.method, public(route), body, content_type=JSON, headers=headers)


def send(client: Client, **headers: str) -> Any:
    fields = {"file": SimpleUploadedFile("dogs.jpg", b"\xff\xd8picture"), "presets": "thumb"}
    return client.post("/api/v1/images", fields, headers=headers)


@A_ROUTE
def test_status_bytes_and_the_allowed_headers_are_passed_on(
    provider: Provider, as_alice: Client, route: Route
) -> None:
    seen = {
        "Content-Type": "application/json; v=2",
        "ETag": 'W/"7"',
        "Last-Modified": "Fri, 27 Nov 2026 12:00:00 GMT",
        "Cache-Control": "private, no-cache",
        "Location": f"{HOST}/api/v1/jobs/{ID}",
        "Retry-After": "3",
        "Preference-Applied": "wait=1",
    }
    kept = {"Set-Cookie": "a=b", "X-Internal": "secret", "Vary": "X-Secret", "RateLimit": "none"}
    raw = b' {"spelt" :"as images spells it"}\n'
    provider.on(route.method, internal(route), Answer(203, raw=raw, headers={**seen, **kept}))
    reply = ask(as_alice, route)
    assert (reply.status_code, reply.content) == (203, raw)
    assert {name: reply[name] for name in seen} == seen
    assert not {"Set-Cookie", "X-Internal"} & set(reply.headers)
    assert "X-Secret" not in reply.get("Vary", "")
    assert reply["RateLimit"] != "none"


@A_ROUTE
@pytest.mark.parametrize(
    "nonsense",
    [
        Answer(200, raw=b"<p>Welcome", headers={"Content-Type": "text/html"}),
        Answer(200, raw=b"{}", headers={"Content-Type": "application/jsonp"}),
        Answer(200, raw=b""),
        Answer(302, {}, headers={"Location": "http://images:5000/internal"}),
    ],
    ids=["a page", "another type", "nothing", "a redirection"],
)
def test_nonsense_is_a_fault_of_the_other_role(
    provider: Provider, as_alice: Client, route: Route, nonsense: Answer
) -> None:
    provider.on(route.method, internal(route), nonsense)
    reply = ask(as_alice, route)
    assert (reply.status_code, reply.json()["code"]) == (502, "upstream_failed")
    assert reply["Content-Type"] == "application/problem+json"
    assert "Location" not in reply


@A_ROUTE
def test_a_call_acts_for_alice_and_says_where_she_is(
    provider: Provider, as_alice: Client, route: Route
) -> None:
    provider.on(route.method, internal(route), Answer(200, {}))
    headers = {"Cookie": "a=b", "X-Public-Origin": "https://evil.example", "X-Other": "1"}
    assert ask(as_alice, route, **headers).status_code == 200
    [request] = provider.asked(route.method, internal(route))
    assert request.header("X-Public-Origin") == HOST
    assert request.header("X-Service-Authorization") == "Bearer svc-1"
    assert (request.header("Authorization") or "").startswith("Bearer ")
    assert (request.header("Cookie"), request.header("X-Other")) == (None, None)


@A_ROUTE
def test_only_a_condition_that_the_operation_knows_is_passed_on(
    provider: Provider, as_alice: Client, route: Route
) -> None:
    provider.on(route.method, internal(route), Answer(200, {}))
    given = {"If-Match": '"1"', "If-None-Match": '"2"'}
    ask(as_alice, route, **given)
    [request] = provider.asked(route.method, internal(route))
    passed = {name: request.header(name) for name in given if request.header(name) is not None}
    assert passed == {name: value for name, value in given.items() if name == route.condition}


@pytest.mark.parametrize("status", [204, 304])
def test_what_goes_without_content_has_none(
    provider: Provider, as_alice: Client, status: int
) -> None:
    provider.on("GET", IMAGE, Answer(status, headers={"ETag": '"3-abc"'}))
    reply = as_alice.get(PUBLIC, headers={"If-None-Match": '"3-abc"'})
    assert (reply.status_code, reply.content, reply["ETag"]) == (status, b"", '"3-abc"')
    assert not {"Content-Type", "Content-Length"} & set(reply.headers)


@pytest.mark.parametrize(
    ("sent", "passed"),
    [
        ("limit=1&tag=dog&tag=cat&colour=blue&", "limit=1&tag=dog&tag=cat&colour=blue&"),
        ("q=a%26b%3Dc&cursor=n%2B1+2", "q=a%26b%3Dc&cursor=n%2B1+2"),
        ("q=süß", "q=s%C3%BC%C3%9F"),
        ("trashed=True", "trashed=True"),
    ],
)
def test_a_query_is_passed_on_as_it_was_sent(
    provider: Provider, as_alice: Client, sent: str, passed: str
) -> None:
    provider.on("GET", UPLOADS, Answer(200, {}))
    raw = sent.encode().decode("latin-1")  # as a server hands it to WSGI
    assert as_alice.get("/api/v1/images", QUERY_STRING=raw).status_code == 200
    assert provider.received[-1].path == f"{UPLOADS}?{passed}"


@A_ROUTE
def test_a_small_body_is_passed_on_as_it_was_sent_where_one_is_read(
    provider: Provider, as_alice: Client, route: Route
) -> None:
    provider.on(route.method, internal(route), Answer(200, {}))
    ask(as_alice, route)
    [request] = provider.asked(route.method, internal(route))
    if route.body is Body.STREAM:
        assert b"\xff\xd8picture" in request.body
        assert b'name="presets"\r\n\r\nthumb\r\n' in request.body
        assert (request.header("Content-Type") or "").startswith("multipart/form-data; boundary=")
    elif route.body is Body.WHOLE:
        assert (request.body, request.header("Content-Type")) == (b'{"any": "thing"}', JSON)
    else:
        assert (request.body, request.header("Content-Type")) == (b"", None)


@pytest.mark.parametrize("key", ["", "k-1"])
def test_a_body_that_is_too_large_is_not_passed_on(
    provider: Provider, as_alice: Client, settings: Settings, key: str
) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    headers = {"Idempotency-Key": key} if key else {}
    body = json.dumps({"preset": "x" * 100})
    reply = as_alice.post(f"{PUBLIC}/renditions", body, content_type=JSON, headers=headers)
    assert (reply.status_code, reply.json()["code"]) == (413, "payload_too_large")
    assert reply.json()["detail"] == "At most 100 bytes are taken here."
    assert provider.received == []


@A_ROUTE
def test_an_answer_is_waited_for_as_long_as_the_table_says(
    provider: Provider, as_alice: Client, route: Route, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited_s = []

    class Fast:
        def request(self, *_: Any, timeout_s: float, **__: Any) -> Reply:
            waited_s.append(timeout_s)
            return Reply(200, {"Content-Type": JSON}, b"{}")

    monkeypatch.setattr(
        upstream_calls, "upstream", lambda role: Fast() if role == "images" else upstream(role)
    )
    assert ask(as_alice, route).status_code == 200
    assert waited_s == [route.deadline_s]


def test_head_is_answered_as_get_without_the_body(provider: Provider, as_alice: Client) -> None:
    provider.on("GET", IMAGE, Answer(200, image(), {"ETag": '"3-abc"'}))
    reply = as_alice.head(PUBLIC)
    assert (reply.status_code, reply.content, reply["ETag"]) == (200, b"", '"3-abc"')


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (400, "unknown_preset"),
        (403, "quota_exceeded"),
        (404, "image_not_found"),
        (409, "job_not_cancelable"),
        (412, "precondition_failed"),
        (413, "file_too_large"),
        (415, "unsupported_format"),
        (422, "image_truncated"),
        (503, "storage_unavailable"),
    ],
)
def test_the_refusals_of_images_are_told_as_ours(
    provider: Provider, as_alice: Client, status: int, code: str
) -> None:
    provider.refuse(
        "POST",
        UPLOADS,
        status,
        code,
        detail="why",
        instance="/internal/v1/images",
        request_id="theirs",
        errors=[{"pointer": "/presets", "code": "x", "detail": "y"}],
        headers={"Retry-After": "5"} if status == 503 else {},
    )
    reply = send(as_alice, **{"X-Request-ID": "request-1234"})
    assert reply.status_code == status
    assert reply["Content-Type"] == "application/problem+json"
    assert reply.json() == {
        "type": f"urn:problem:{code}",
        "title": "No",
        "status": status,
        "detail": "why",
        "instance": "/api/v1/images",
        "code": code,
        "request_id": "request-1234",
        "errors": [{"pointer": "/presets", "code": "x", "detail": "y"}],
    }
    assert reply.headers.get("Retry-After") == ("5" if status == 503 else None)


def test_what_is_no_form_is_refused_before_it_is_read(provider: Provider, as_alice: Client) -> None:
    reply = as_alice.post("/api/v1/images", {"a": 1}, content_type=JSON)
    assert (reply.status_code, reply.json()["code"]) == (415, "unsupported_media_type")
    assert provider.received == []


def test_a_file_that_is_too_large_by_its_headers_is_not_relayed(
    provider: Provider, as_alice: Client, settings: Settings
) -> None:
    settings.UPLOAD_MAX_BYTES = 100
    big = SimpleUploadedFile("big.jpg", b"x" * (100 + 64 * 1024))
    reply = as_alice.post("/api/v1/images", {"file": big})
    assert (reply.status_code, reply.json()["code"]) == (413, "file_too_large")
    assert provider.received == []


def test_an_early_answer_is_relayed_without_waiting_for_the_body(
    provider: Provider, as_alice: Client
) -> None:
    provider.reads_bodies = False
    token = {"access_token": "t", "token_type": "Bearer", "expires_in": 300}
    provider.on("POST", "/internal/v1/token", Answer(200, token))
    provider.refuse("POST", UPLOADS, 413, "file_too_large")
    big = SimpleUploadedFile("big.jpg", b"x" * 5_000_000)
    reply = as_alice.post("/api/v1/images", {"file": big})
    assert (reply.status_code, reply.json()["code"]) == (413, "file_too_large")


def test_an_upload_that_was_read_is_not_sent_again_with_another_token(
    provider: Provider, as_alice: Client
) -> None:
    provider.refuse("POST", UPLOADS, 401, "token_invalid")
    reply = send(as_alice)
    assert (reply.status_code, reply.json()["code"]) == (503, "upstream_unavailable")
    assert len(provider.asked("POST", UPLOADS)) == 1
    provider.on("POST", UPLOADS, Answer(202, upload(job=job())))
    assert send(as_alice).status_code == 202


READS = [route for route in ROUTES if route.method == "GET"]
A_READ = pytest.mark.parametrize("route", READS, ids=lambda route: route.path)


@A_READ
def test_a_read_is_one_call_whoever_asks_and_none_for_whom_may_not(
    provider: Provider, as_alice: Client, route: Route
) -> None:
    provider.on("GET", internal(route), Answer(200, {}))
    as_alice.get(public(route))  # which also fetches the token of the gateway
    del provider.received[:]
    assert as_alice.get(public(route)).status_code == 200
    assert [request.path for request in provider.received] == [internal(route)]
    anonymous = Client().get(public(route))
    assert (anonymous.status_code, anonymous["WWW-Authenticate"]) == (401, "Bearer")
    assert anonymous.json()["code"] == "not_authenticated"
    assert len(provider.received) == 1


@A_READ
def test_a_read_is_not_told_in_a_form_that_it_does_not_have(
    provider: Provider, as_alice: Client, route: Route
) -> None:
    reply = as_alice.get(public(route), headers={"Accept": "text/html"})
    assert (reply.status_code, reply.json()["code"]) == (406, "not_acceptable")
    assert provider.received == []


@A_READ
def test_other_methods_of_a_path_are_those_of_the_table(as_alice: Client, route: Route) -> None:
    methods = {one.method for one in ROUTES if one.path == route.path}
    reply = as_alice.put(public(route), b"{}", content_type=JSON)
    assert (reply.status_code, reply.json()["code"]) == (405, "method_not_allowed")
    assert methods <= set(reply["Allow"].split(", ")) <= {*methods, "HEAD", "OPTIONS"}


def test_without_a_public_url_links_begin_where_the_caller_asked(
    provider: Provider, as_alice: Client, settings: Settings
) -> None:
    settings.PUBLIC_URL, settings.ALLOWED_HOSTS = "", ["here.example"]
    provider.on("GET", IMAGE, Answer(200, image()))
    as_alice.get(PUBLIC, headers={"Host": "here.example:8443"})
    assert provider.received[-1].header("X-Public-Origin") == "http://here.example:8443"


@A_ROUTE
def test_only_what_makes_renditions_is_held_for_its_job(
    provider: Provider, as_alice: Client, route: Route
) -> None:
    provider.on(route.method, internal(route), Answer(200, {}))
    ask(as_alice, route, Prefer="respond-async, wait=5")
    (sent,) = provider.asked(route.method, internal(route))
    expected = "wait=5" if route.path.endswith("/renditions") and route.method == "POST" else None
    assert sent.header("Prefer") == expected
