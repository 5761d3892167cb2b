"""Who may read an answer: pages of the origins that are named, below the paths that are shared."""

from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from pytest_django import Settings

from platform_site.kit import env
from platform_site.kit.rest.cors import ANY, Sharing
from tests.platform_site.kit.telemetry.test_middleware import Personal, break_down

OURS, OTHERS = "https://photos.example", "https://elsewhere.example"
TOLD = "Access-Control-Allow-Origin"


def kept(_request: HttpRequest) -> HttpResponse:
    return HttpResponse(b"", headers={"Vary": "Accept"})


urlpatterns = [
    path("api/things/<int:number>", Personal.as_view()),
    path("api/break", break_down),
    path("i/picture", kept),
    path("admin/", kept),
]
handler404 = "platform_site.kit.rest.exceptions.page_not_found"
handler500 = "platform_site.kit.rest.exceptions.server_error"


def sharing(*origins: str) -> Sharing:
    return Sharing(frozenset(origins), ("GET", "POST"), ("Authorization",), ("ETag", "Location"))


@pytest.fixture
def shared(settings: Settings) -> Settings:
    settings.ROOT_URLCONF = __name__
    settings.SHARED_PATHS = {"api": sharing(OURS), "i": sharing(ANY)}
    return settings


def ask(url: str, origin: str = OURS, method: str = "get", **headers: str) -> Any:
    client = Client(raise_request_exception=False)
    return getattr(client, method)(url, headers={"Origin": origin, **headers})


def test_a_preflight_is_answered_before_anybody_asks_for_a_token(shared: Settings) -> None:
    headers = {"Access-Control-Request-Method": "POST"}
    reply = ask("/api/things/1", method="options", **headers)
    assert (reply.status_code, reply.content) == (204, b"")
    assert reply[TOLD] == OURS
    assert reply["Access-Control-Allow-Methods"] == "GET, POST"
    assert reply["Access-Control-Allow-Headers"] == "Authorization"
    assert reply["Access-Control-Max-Age"] == "600"
    assert reply["Vary"] == "Origin"
    refused = ask("/api/things/1", OTHERS, "options", **headers)
    assert refused.status_code == 401
    assert not [name for name in refused.headers if name.startswith("Access-Control-Allow")]


@pytest.mark.parametrize(
    ("url", "method", "status"),
    [("/api/things/1", "post", 401), ("/api/none", "get", 404), ("/api/break", "get", 500)],
)
def test_a_listed_page_reads_refusals_too(
    shared: Settings, url: str, method: str, status: int
) -> None:
    reply = ask(url, method=method)
    assert (reply.status_code, reply[TOLD]) == (status, OURS)
    assert reply["Access-Control-Expose-Headers"] == "ETag, Location"
    assert "Origin" in reply["Vary"]


@pytest.mark.parametrize(
    "origin", ["", "null", OTHERS, "http://photos.example", f"{OURS}.evil.example", f"{OURS}:8443"]
)
def test_nobody_else_may_read_and_caches_keep_the_answers_apart(
    shared: Settings, origin: str
) -> None:
    reply = ask("/api/things/1", origin, "post")
    assert reply.status_code == 401
    assert TOLD not in reply
    assert "Origin" in reply["Vary"]


def test_pictures_for_all_are_the_same_answer_for_all(shared: Settings) -> None:
    for origin in ("", OTHERS):
        reply = ask("/i/picture", origin)
        assert (reply[TOLD], reply["Vary"]) == ("*", "Accept")


def test_credentials_are_never_allowed(shared: Settings) -> None:
    for url in ("/api/things/1", "/i/picture", "/admin/"):
        assert "Access-Control-Allow-Credentials" not in ask(url)
    assert TOLD not in ask("/admin/")


def test_without_a_list_nothing_is_said(shared: Settings) -> None:
    shared.SHARED_PATHS = {"api": sharing(), "i": sharing()}
    reply = ask("/api/none")
    assert TOLD not in reply
    assert "Origin" not in reply.get("Vary", "")


@pytest.mark.parametrize("text", ["", OURS, f"{OURS}, http://localhost:3000"])
def test_origins_are_read_as_browsers_write_them(
    monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setenv("ORIGINS", text)
    expected = {word.strip() for word in text.split(",") if word}
    assert env.origins("ORIGINS", about="") == expected


@pytest.mark.parametrize(
    "text",
    [
        *("*", "null", "photos.example", f"{OURS}/", f"{OURS}:443", f"{OURS},*", "http://["),
        *("HTTPS://photos.example", "https://Photos.example", "https://a@b.c", "https://*.a.b"),
    ],
)
def test_what_no_browser_sends_is_refused_at_the_start(
    monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setenv("ORIGINS", text)
    with pytest.raises(ImproperlyConfigured, match=r"^ORIGINS must be a list of origins"):
        env.origins("ORIGINS", about="")


def test_every_origin_stands_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORIGINS", "*")
    assert env.origins("ORIGINS", about="", is_any_allowed=True) == {ANY}
    monkeypatch.setenv("ORIGINS", f"*,{OURS}")
    with pytest.raises(ImproperlyConfigured):
        env.origins("ORIGINS", about="", is_any_allowed=True)
