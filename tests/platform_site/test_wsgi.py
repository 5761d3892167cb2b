"""What comes through the WSGI application itself, which Django's test client goes around."""

import io
import json
from collections.abc import Iterable
from typing import Any
from wsgiref.util import setup_testing_defaults

import pytest
from django import db
from django.conf import settings
from django.core.cache import close_caches
from django.core.signals import request_finished, request_started
from django.dispatch import Signal

from platform_site.kit.identifiers import uuid7
from platform_site.wsgi import _route, application, receivers_disconnect

UNREADABLE = [
    "application/json; a*=bogus''%41",
    "application/json; a*=idna''%ff",
    "application/json; a*=undefined''%41",
    "application/json; a*0=x; a*=y",
    "application/json; a*0=x,; a*=y",
    f"application/json; a*{'1' * 5000}=x",
]
pytestmark = pytest.mark.django_db


def sent(
    method: str, path: str, body: bytes = b"", **environ: Any
) -> tuple[int, dict[str, str], Any]:
    """Status, headers and document of the reply."""
    path, _, query = path.partition("?")
    environ |= {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_HOST": "localhost",
        "wsgi.input": io.BytesIO(body),
    }
    setup_testing_defaults(environ)
    replies: list[tuple[int, dict[str, str]]] = []

    def start_response(status: str, headers: Iterable[tuple[str, str]], *_rest: Any) -> Any:
        replies.append((int(status.partition(" ")[0]), dict(headers)))

    document = b"".join(application(environ, start_response))
    [(status, headers)] = replies
    return status, headers, json.loads(document)


@pytest.mark.parametrize("content_type", UNREADABLE)
def test_a_content_type_that_nobody_can_read_is_not_taken(content_type: str) -> None:
    status, headers, document = sent("POST", "/auth/login", b"{}", CONTENT_TYPE=content_type)
    assert (status, document["code"]) == (415, "unsupported_media_type")
    assert headers["Content-Type"] == "application/problem+json"
    assert document["request_id"] == headers["X-Request-ID"]


@pytest.mark.parametrize("accept", UNREADABLE)
def test_an_accept_that_nobody_can_read_is_as_good_as_none(accept: str) -> None:
    status, _, document = sent("GET", "/api/v1/usage", HTTP_ACCEPT=f"text/html,{accept}")
    assert (status, document["code"]) == (401, "not_authenticated")


@pytest.mark.parametrize("charset", ["hex", "idna", "rot13", "undefined", "zlib"])
def test_a_charset_has_no_say_in_how_the_address_is_read(charset: str) -> None:
    content_type = f"application/json; charset={charset}"
    status, _, document = sent("GET", "/api/v1/usage?q=%ff%41", CONTENT_TYPE=content_type)
    assert (status, document["code"]) == (401, "not_authenticated")


def receivers(signal: Signal) -> set[Any]:
    return {*signal._live_receivers(sender=None)[0]}


def test_nothing_is_sent_to_receivers_that_have_nothing_to_do() -> None:
    receivers_disconnect(has_database=True)  # again: what counts statements connects one of them
    assert close_caches not in receivers(request_finished)
    assert db.reset_queries not in receivers(request_started)
    assert db.close_old_connections in receivers(request_finished)


def test_a_role_without_a_database_looks_at_no_connection() -> None:
    both = request_started, request_finished
    try:
        receivers_disconnect(has_database=False)
        assert [db.close_old_connections in receivers(signal) for signal in both] == [False] * 2
    finally:
        for signal in both:
            signal.connect(db.close_old_connections)


def test_a_path_is_resolved_once_and_its_parameters_are_its_own() -> None:
    one, other = uuid7(), uuid7()
    asked = _route.cache_info().misses
    for identity in (one, other, one):
        status, _, _ = sent("GET", f"/api/v1/images/{identity}")
        assert status == 401
    assert _route.cache_info().misses - asked == 2
    urlconf = settings.ROOT_URLCONF
    found = [_route(urlconf, f"/api/v1/images/{identity}").kwargs for identity in (one, other)]
    assert found == [{"image_id": one}, {"image_id": other}]
    for _ in range(2):
        assert sent("GET", "/api/v1/nowhere")[0] == 404


def test_a_plain_request_is_served() -> None:
    json_body = {"CONTENT_TYPE": "application/json; charset=utf-8", "HTTP_ACCEPT": "*/*"}
    status, _, document = sent("POST", "/auth/login", b"{}", **json_body)
    assert (status, document["code"]) == (400, "invalid")
    assert {error["pointer"] for error in document["errors"]} == {"/email", "/password"}
