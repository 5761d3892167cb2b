"""The refresh cookie: who may send it, and when it is taken away."""

import pytest
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Session, User
from tests.accounts.callers import PASSWORD, Caller

OURS = "http://testserver"


@pytest.fixture
def browser(alice_user: User) -> Caller:
    """Alice's browser: it keeps the cookie and names the page's origin."""
    caller = Caller()
    reply = caller.post("/auth/login", {"email": "alice@example.com", "password": PASSWORD})
    assert reply.status_code == 200
    return caller


def test_the_cookie_refreshes_the_session(browser: Caller) -> None:
    before = browser.client.cookies["refresh"].value
    reply = browser.post("/auth/refresh", Origin=OURS)
    assert reply.status_code == 200
    assert set(reply.json()) == {"access", "expires_in", "token_type"}
    assert browser.client.cookies["refresh"].value != before
    profile = Caller(access=reply.json()["access"]).get("/auth/profile")
    assert profile.json()["email"] == "alice@example.com"


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "http://testserver.evil.example"},
        {"Origin": "http://testserver:8080"},
        {"Origin": "null"},
        {"Origin": "http://["},
        {"Origin": "testserver"},
        {"Origin": ""},
        {},
        {"Referer": "http://testserver/"},
    ],
)
def test_a_page_that_is_not_ours_cannot_use_the_cookie(
    browser: Caller, headers: dict[str, str]
) -> None:
    before = Session.objects.values().get()
    reply = browser.post("/auth/refresh", **headers)
    assert (reply.status_code, reply.json()["code"]) == (403, "origin_not_allowed")
    assert not reply.cookies
    assert Session.objects.values().get() == before


def test_a_trusted_origin_may_use_the_cookie(browser: Caller, settings: Settings) -> None:
    settings.TRUSTED_ORIGINS = ["https://photos.example"]
    assert browser.post("/auth/refresh", Origin="https://photos.example").status_code == 200


def test_a_plain_page_may_not_use_the_cookie_of_a_secure_site(browser: Caller) -> None:
    plain, secure = (
        browser.client.post(
            "/auth/refresh",
            secure=True,
            content_type="application/json",
            headers={"Origin": f"{scheme}://testserver"},
        )
        for scheme in ("http", "https")
    )
    assert (plain.status_code, secure.status_code) == (403, 200)


def test_a_dead_cookie_is_taken_away(browser: Caller) -> None:
    Session.objects.update(revoked_at=timezone.now())
    reply = browser.post("/auth/refresh", Origin=OURS)
    assert (reply.status_code, reply.json()["code"]) == (401, "token_revoked")
    assert (reply.cookies["refresh"].value, reply.cookies["refresh"]["max-age"]) == ("", 0)


def test_a_bad_token_in_the_body_leaves_the_cookie_alone(browser: Caller) -> None:
    reply = browser.post("/auth/refresh", {"refresh": "noise"}, Origin=OURS)
    assert (reply.status_code, len(reply.cookies)) == (401, 0)
    assert browser.post("/auth/refresh", Origin=OURS).status_code == 200
