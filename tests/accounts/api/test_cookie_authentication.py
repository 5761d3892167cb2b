"""Signing out works as long as there is a session, whatever became of the access token."""

import jwt
import pytest

from accounts.models import Session, User
from accounts.refresh_tokens import RefreshToken
from platform_site.kit.auth.revocations import session_is_revoked
from tests.accounts.callers import PASSWORD, Caller, signed_in
from tests.forged_tokens import USER_TYPE, expired

OURS = "http://testserver"
LOGOUTS = ("/auth/logout", "/auth/logout-all")


@pytest.fixture
def browser(alice_user: User) -> Caller:
    """Signed in with a cookie, and without an access token."""
    browser = Caller()
    login = {"email": alice_user.email, "password": PASSWORD}
    assert browser.post("/auth/login", login).status_code == 200
    return browser


@pytest.mark.parametrize("path", LOGOUTS)
def test_the_cookie_alone_signs_out(browser: Caller, path: str) -> None:
    session = Session.objects.get()
    reply = browser.post(path, Origin=OURS)
    assert reply.status_code == 204
    assert reply.cookies["refresh"]["max-age"] == 0
    session.refresh_from_db()
    assert session.revoked_at is not None
    assert session_is_revoked(session.id)


@pytest.mark.parametrize("path", LOGOUTS)
@pytest.mark.parametrize("kind", ["expired", "noise"])
def test_an_access_token_that_has_ended_does_not_stand_in_the_way(
    browser: Caller, alice_user: User, path: str, kind: str
) -> None:
    other = signed_in(alice_user)
    claims = jwt.decode(other.access, options={"verify_signature": False})
    token = expired(claims, typ=USER_TYPE) if kind == "expired" else "noise"
    reply = browser.post(path, Origin=OURS, Authorization=f"Bearer {token}")
    assert reply.status_code == 204
    assert Session.objects.live().count() == (1 if path == "/auth/logout" else 0)


@pytest.mark.parametrize("path", LOGOUTS)
@pytest.mark.parametrize("headers", [{}, {"Origin": "https://evil.example"}, {"Origin": "null"}])
def test_another_sites_page_signs_nobody_out(
    browser: Caller, path: str, headers: dict[str, str]
) -> None:
    reply = browser.post(path, **headers)
    assert (reply.status_code, reply.json()["code"]) == (403, "origin_not_allowed")
    assert Session.objects.get().revoked_at is None


def test_a_good_access_token_counts_before_the_cookie(browser: Caller, bob_user: User) -> None:
    bob = signed_in(bob_user)
    assert browser.post("/auth/logout", Authorization=f"Bearer {bob.access}").status_code == 204
    assert Session.objects.live().get().user.email == "alice@example.com"


def test_the_cookie_before_the_last_refresh_signs_out_and_an_older_one_does_not(
    alice_user: User,
) -> None:
    caller = signed_in(alice_user)
    tokens = [RefreshToken.parse(caller.refresh)]
    for _ in range(2):
        tokens.append(tokens[-1].successor())
    Session.objects.update(
        refresh_hash=tokens[2].digest(), previous_refresh_hash=tokens[1].digest()
    )
    statuses = []
    for token in tokens[:2]:
        browser = Caller()
        browser.client.cookies["refresh"] = token.encoded()
        statuses.append(browser.post("/auth/logout", Origin=OURS).status_code)
    assert statuses == [401, 204]


@pytest.mark.parametrize("path", LOGOUTS)
def test_a_cookie_of_no_use_is_refused_and_taken_away(alice_user: User, path: str) -> None:
    gone = Caller()
    gone.client.cookies["refresh"] = signed_in(alice_user).refresh
    Session.objects.all().delete()
    noise = Caller()
    noise.client.cookies["refresh"] = "noise"
    for browser, code in ((gone, "token_revoked"), (noise, "token_invalid")):
        reply = browser.post(path, Origin=OURS)
        assert (reply.status_code, reply.json()["code"]) == (401, code)
        assert reply.cookies["refresh"]["max-age"] == 0


def test_the_cookie_does_nothing_else(browser: Caller) -> None:
    for method, path in (("GET", "/auth/profile"), ("GET", "/auth/sessions")):
        assert browser.send(method, path, Origin=OURS).status_code == 401
