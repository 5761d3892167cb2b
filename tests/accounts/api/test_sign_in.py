from datetime import timedelta
from unittest.mock import patch

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Session, User, UserQuerySet
from platform_site.kit.auth.tokens import verify_user_token
from tests.accounts.callers import PASSWORD, Caller, signed_in

OURS = "http://testserver"


@pytest.fixture
def browser(alice_user: User) -> Caller:
    """Alice's browser: it keeps the cookie and names the page's origin."""
    caller = Caller()
    reply = caller.post("/auth/login", {"email": "alice@example.com", "password": PASSWORD})
    assert reply.status_code == 200
    return caller


def test_registering_gives_the_same_reply_for_a_new_and_a_taken_address(
    charlie: Caller, alice_user: User
) -> None:
    new, taken = (
        charlie.post("/auth/register", {"email": email, "password": PASSWORD, "name": "N"})
        for email in ("new@example.com", "alice@example.com")
    )
    assert (new.status_code, taken.status_code) == (202, 202)
    assert new.content == taken.content == b'{"status":"accepted"}'
    assert set(new.headers) == set(taken.headers)
    assert sorted(User.objects.values_list("email", "name")) == [
        ("alice@example.com", "Alice"),
        ("new@example.com", "N"),
    ]


def test_a_registered_person_can_sign_in_at_once(charlie: Caller) -> None:
    body = {"email": "Dora@example.com", "password": PASSWORD, "name": "Dora"}
    charlie.post("/auth/register", body)
    reply = charlie.post("/auth/login", {"email": "dora@EXAMPLE.com", "password": PASSWORD})
    assert reply.status_code == 200


@pytest.mark.parametrize(
    ("change", "code", "pointer"),
    [
        ({"is_staff": True}, "unknown_field", "/is_staff"),
        ({"email": "not an address"}, "invalid", "/email"),
        ({"email": None}, "invalid", "/email"),
        ({"email": "\u0130" * 240 + "@a.co"}, "invalid", "/email"),
        ({"password": "short"}, "invalid", "/password"),
        ({"password": "x" * 129}, "invalid", "/password"),
        ({"password": ""}, "invalid", "/password"),
        ({"name": "x" * 151}, "invalid", "/name"),
        ({"name": {"a": 1}}, "invalid", "/name"),
    ],
)
def test_what_is_wrong_with_a_registration_is_told(
    charlie: Caller, change: dict[str, object], code: str, pointer: str
) -> None:
    body = {"email": "new@example.com", "password": PASSWORD, "name": "N", **change}
    reply = charlie.post("/auth/register", body)
    assert (reply.status_code, reply.json()["code"]) == (400, code)
    assert {error["pointer"] for error in reply.json()["errors"]} == {pointer}
    assert User.objects.count() == 0


FORM = {"email": "new@example.com", "password": PASSWORD, "name": "N"}


@pytest.mark.parametrize(
    "useless", [{}, {**FORM, "email": "no address"}, {**FORM, "password": "1234567890"}]
)
def test_only_forms_that_could_make_an_account_use_up_the_limit(
    charlie: Caller, settings: Settings, useless: dict[str, str]
) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"register": (2, 3600)}
    forms = [useless] * 3 + [{**FORM, "email": f"new{number}@example.com"} for number in range(3)]
    replies = [charlie.post("/auth/register", form) for form in forms]
    assert [reply.status_code for reply in replies] == [400] * 3 + [202, 202, 429]
    assert replies[5].json()["code"] == "rate_limited"
    assert 1 <= int(replies[5].headers["Retry-After"]) <= 3600
    assert User.objects.count() == 2


def test_useless_forms_have_a_limit_of_their_own(charlie: Caller, settings: Settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"register_tries": (2, 3600)}
    statuses = [charlie.post("/auth/register", {}).status_code for _ in range(3)]
    assert statuses == [400, 400, 429]


def test_a_changed_forwarded_header_does_not_lift_the_limit(
    charlie: Caller, settings: Settings
) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"register_tries": (2, 3600)}
    statuses = [
        charlie.post("/auth/register", {}, X_Forwarded_For=f"198.51.100.{number}").status_code
        for number in range(4)
    ]
    assert statuses == [400, 400, 429, 429]


def test_signing_in_gives_an_access_token_and_a_guarded_cookie(
    alice_user: User, settings: Settings
) -> None:
    settings.REFRESH_COOKIE_SECURE = True
    reply = Caller().post("/auth/login", {"email": "alice@example.com", "password": PASSWORD})
    assert set(reply.json()) == {"access", "expires_in", "token_type"}
    assert (reply.json()["expires_in"], reply.json()["token_type"]) == (600, "Bearer")
    assert verify_user_token(reply.json()["access"], audience="auth").id == alice_user.id
    cookie = reply.cookies["refresh"]
    assert (cookie["httponly"], cookie["secure"]) == (True, True)
    assert (cookie["samesite"], cookie["path"], cookie["domain"]) == ("Strict", "/auth", "")
    assert cookie["max-age"] == 14 * 86_400
    assert reply.headers["Cache-Control"] == "no-store"


def test_a_program_gets_the_refresh_token_in_the_body_and_no_cookie(alice_user: User) -> None:
    body = {"email": "alice@example.com", "password": PASSWORD, "mode": "token"}
    reply = Caller().post("/auth/login", body)
    assert set(reply.json()) == {"access", "expires_in", "token_type", "refresh"}
    assert not reply.cookies


def test_a_refusal_is_the_same_for_a_known_and_an_unknown_address(
    charlie: Caller, alice_user: User
) -> None:
    known, unknown, disabled = (
        charlie.post("/auth/login", {"email": email, "password": "wrong password"})
        for email in ("alice@example.com", "nobody@example.com", "alice@example.com")
    )
    bodies = []
    for reply in (known, unknown, disabled):
        assert reply.status_code == 401
        bodies.append({**reply.json(), "request_id": ""})
    assert bodies[0] == bodies[1] == bodies[2]
    assert bodies[0]["code"] == "invalid_credentials"
    assert Session.objects.count() == 0


def test_a_disabled_user_is_refused_like_a_wrong_password(
    charlie: Caller, alice_user: User
) -> None:
    User.objects.update(is_active=False)
    reply = charlie.post("/auth/login", {"email": "alice@example.com", "password": PASSWORD})
    assert (reply.status_code, reply.json()["code"]) == (401, "invalid_credentials")


def test_a_locked_account_says_when_to_come_back(charlie: Caller, alice_user: User) -> None:
    replies = [
        charlie.post("/auth/login", {"email": "alice@example.com", "password": "wrong"})
        for _ in range(11)
    ]
    assert [reply.status_code for reply in replies] == [401] * 10 + [429]
    assert 1 <= int(replies[10].headers["Retry-After"]) <= 900
    assert '"login_account"' in replies[10].headers["RateLimit-Policy"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"email": "alice@example.com"}, "invalid"),
        ({"email": "alice@example.com", "password": PASSWORD, "mode": "basic"}, "invalid"),
        ({"email": "alice@example.com", "password": PASSWORD, "otp": "1"}, "unknown_field"),
        ([], "invalid"),
    ],
)
def test_a_malformed_sign_in_opens_nothing(
    charlie: Caller, alice_user: User, body: object, code: str
) -> None:
    reply = charlie.post("/auth/login", body)
    assert (reply.status_code, reply.json()["code"]) == (400, code)
    assert Session.objects.count() == 0


def test_a_broken_body_and_a_form_are_refused(db: None) -> None:
    broken = Client().post("/auth/login", b"{", content_type="application/json")
    assert (broken.status_code, broken.json()["code"]) == (400, "malformed_json")
    form = Client().post("/auth/login", {"email": "a@example.com", "password": "x"})
    assert (form.status_code, form.json()["code"]) == (415, "unsupported_media_type")


def test_a_refresh_token_in_the_body_needs_no_origin(alice: Caller) -> None:
    reply = Caller().post("/auth/refresh", {"refresh": alice.refresh})
    assert reply.status_code == 200
    assert set(reply.json()) == {"access", "expires_in", "token_type", "refresh"}
    assert reply.json()["refresh"] != alice.refresh
    assert not reply.cookies


def test_a_reused_token_kills_the_session_for_refresh_and_access(alice: Caller) -> None:
    fresh = Caller().post("/auth/refresh", {"refresh": alice.refresh}).json()
    Session.objects.update(rotated_at=timezone.now() - timedelta(seconds=11))
    reuse = Caller().post("/auth/refresh", {"refresh": alice.refresh})
    assert (reuse.status_code, reuse.json()["code"]) == (401, "token_reuse_detected")
    again = Caller().post("/auth/refresh", {"refresh": fresh["refresh"]})
    assert (again.status_code, again.json()["code"]) == (401, "token_revoked")
    for access in (alice.access, fresh["access"]):
        reply = Caller(access=access).get("/auth/profile")
        assert (reply.status_code, reply.json()["code"]) == (401, "token_revoked")


def test_without_a_counter_nobody_guesses_but_sessions_go_on(
    charlie: Caller, alice: Caller
) -> None:
    with patch("platform_site.kit.rest.rate_limits._count", return_value=None):
        body = {"email": "alice@example.com", "password": PASSWORD}
        for path in ("/auth/login", "/auth/register"):
            reply = charlie.post(path, body)
            assert (reply.status_code, reply.json()["code"]) == (503, "limiter_unavailable")
            assert reply.headers["Retry-After"] == "1"
        assert charlie.get("/.well-known/jwks.json").status_code == 200
        assert charlie.post("/auth/refresh", {"refresh": alice.refresh}).status_code == 200
    assert Session.objects.count() == 1


def test_without_a_refresh_token_there_is_no_refresh(charlie: Caller) -> None:
    reply = charlie.post("/auth/refresh")
    assert (reply.status_code, reply.json()["code"]) == (401, "token_invalid")


def test_refreshing_after_the_account_is_gone_is_a_refusal(alice: Caller, alice_user: User) -> None:
    UserQuerySet(User).filter(email__contains="@").erase()
    reply = Caller().post("/auth/refresh", {"refresh": alice.refresh})
    assert (reply.status_code, reply.json()["code"]) == (401, "token_revoked")


def test_signing_out_ends_this_session_only(alice_user: User) -> None:
    here, there = signed_in(alice_user), signed_in(alice_user)
    reply = here.post("/auth/logout")
    assert reply.status_code == 204
    assert reply.cookies["refresh"]["max-age"] == 0
    assert here.get("/auth/profile").json()["code"] == "token_revoked"
    assert Caller().post("/auth/refresh", {"refresh": here.refresh}).status_code == 401
    assert there.get("/auth/profile").status_code == 200


def test_signing_out_everywhere_ends_every_session_of_mine(alice_user: User, bob: Caller) -> None:
    here, there = signed_in(alice_user), signed_in(alice_user)
    assert here.post("/auth/logout-all").status_code == 204
    for caller in (here, there):
        assert caller.get("/auth/profile").json()["code"] == "token_revoked"
        assert Caller().post("/auth/refresh", {"refresh": caller.refresh}).status_code == 401
    assert bob.get("/auth/profile").status_code == 200
