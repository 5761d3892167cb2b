import time
from datetime import timedelta
from unittest.mock import patch

import pyotp
import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.models import RecoveryCode, RememberedDevice, Session, SpentChallenge, User
from accounts.services.challenges import challenges_forget
from accounts.services.sessions import sessions_close_all
from tests.accounts.authenticators import SecurityKey, with_app, with_key
from tests.accounts.callers import PASSWORD, Caller, in_parallel, signed_in

LOGIN = {"email": "alice@example.com", "password": PASSWORD}


def challenged(caller: Caller | None = None, **login: str) -> str:
    """The challenge that Alice's password leads to."""
    reply = (caller or Caller()).post("/auth/login", {**LOGIN, **login})
    assert (reply.status_code, reply.json()["code"]) == (401, "second_factor_required")
    challenge: str = reply.json()["challenge"]
    return challenge


def finish(challenge: str, **proof: object) -> tuple[int, str]:
    """Status and code of the second step."""
    reply = Caller().post("/auth/login/second-factor", {"challenge": challenge, **proof})
    return reply.status_code, reply.json().get("code", "")


@pytest.fixture
def app(alice: Caller) -> pyotp.TOTP:
    """Alice's authenticator app, whose code of now was not used."""
    return with_app(alice)[0]


def test_the_password_alone_opens_nothing_once_there_is_a_factor(
    alice: Caller, app: pyotp.TOTP
) -> None:
    reply = Caller().post("/auth/login", LOGIN)
    assert reply.json()["methods"] == ["otp", "recovery"]
    assert not reply.cookies
    assert Session.objects.count() == 1


def test_a_code_opens_a_session_of_two_methods_once(app: pyotp.TOTP, alice: Caller) -> None:
    code, challenge = app.now(), challenged()
    reply = Caller().post("/auth/login/second-factor", {"challenge": challenge, "code": code})
    assert reply.status_code == 200
    assert reply.cookies["refresh"]["httponly"]
    assert Session.objects.latest("id").methods == "pwd otp mfa"
    assert finish(challenge, code=app.at(time.time() + 30)) == (400, "challenge_invalid")
    assert finish(challenged(), code=code) == (400, "factor_incorrect"), "a replay"
    assert Session.objects.count() == 2


def test_codes_of_a_minute_ago_or_ahead_are_refused(app: pyotp.TOTP, alice: Caller) -> None:
    challenge, now = challenged(), time.time()
    for at in (now - 70, now + 70):
        assert finish(challenge, code=app.at(at)) == (400, "factor_incorrect")
    assert finish(challenge, code=app.at(now + 30))[0] == 200, "a clock may be half a minute off"


def test_a_recovery_code_is_good_once_however_it_is_typed(alice: Caller) -> None:
    codes = with_app(alice)[1]
    typed = codes[0].upper().replace("-", " ")
    assert finish(challenged(), recovery_code=typed)[0] == 200
    assert Session.objects.latest("id").methods == "pwd rcv mfa"
    assert finish(challenged(), recovery_code=codes[0]) == (400, "factor_incorrect")
    assert alice.get("/auth/factors").json()["recovery_codes_left"] == 9


def test_a_passkey_is_a_second_factor_too(alice: Caller) -> None:
    key = SecurityKey()
    with_key(alice, key)
    challenge = challenged()
    asked = Caller().post("/auth/login/second-factor/options", {"challenge": challenge}).json()
    other = challenged()
    answer = {"state": asked["state"], "credential": key.used(asked["options"])}
    assert finish(other, **answer) == (400, "challenge_invalid"), "bound to its own challenge"
    assert finish(challenge, **answer)[0] == 200
    assert Session.objects.latest("id").methods == "pwd hwk mfa"


@pytest.mark.parametrize("kind", ["password", "sign-out", "disabled", "expiry"])
def test_a_challenge_ends_with_what_it_was_given_for(
    kind: str, alice: Caller, alice_user: User, app: pyotp.TOTP
) -> None:
    challenge = challenged()
    now = time.time()
    if kind == "password":
        alice_user.set_password("another violet 27 x")
        alice_user.save()
    elif kind == "sign-out":
        sessions_close_all(user_id=alice_user.id)
    elif kind == "disabled":
        User.objects.update(is_active=False)
    with patch("accounts.services.challenges.time.time", lambda: now + 301 * (kind == "expiry")):
        status, code = finish(challenge, code=app.now())
    expected = (401, "invalid_credentials") if kind == "disabled" else (400, "challenge_invalid")
    assert (status, code) == expected
    assert Session.objects.count() == 1


def test_nobody_uses_anothers_challenge_or_one_for_another_purpose(
    alice: Caller, bob: Caller, app: pyotp.TOTP
) -> None:
    bobs = with_app(bob)[0]
    challenge = challenged()
    assert finish(challenge, code=bobs.now()) == (400, "factor_incorrect")
    state = alice.post("/auth/reauthenticate/options").json()["state"]
    for strange in (state, challenge[:-4], "x", ""):
        assert finish(strange, code=app.now())[0] == 400
    used = {"state": challenge, "credential": {}}
    assert alice.post("/auth/reauthenticate", used).json()["code"] == "challenge_invalid"
    assert Session.objects.count() == 2


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"code": "1", "recovery_code": "1"},
        {"credential": {}},
        {"credential": []},
        {"code": 123456},
        {"code": "1" * 13},
        {"code": "1", "is_staff": True},
    ],
)
def test_a_malformed_second_step_opens_nothing(
    body: dict[str, object], alice: Caller, app: pyotp.TOTP
) -> None:
    assert finish(challenged(), **body)[0] == 400
    assert Session.objects.count() == 1


def test_guesses_are_limited_by_challenge_and_by_account(
    alice: Caller, app: pyotp.TOTP, settings: Settings
) -> None:
    first = challenged()
    assert [finish(first, code="000000")[1] for _ in range(6)] == [
        *["factor_incorrect"] * 5,
        "rate_limited",
    ]
    second, third = challenged(), challenged()
    assert [finish(second, code="000000")[1] for _ in range(5)] == ["factor_incorrect"] * 5
    assert finish(third, code=app.now()) == (429, "rate_limited")
    recovery = alice.post("/auth/factors/recovery-codes").json()["recovery_codes"][0]
    assert finish(third, recovery_code=recovery)[0] == 200, "which nobody can guess"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["one code", "one recovery code", "one challenge"])
def test_of_several_at_once_one_signs_in(kind: str) -> None:
    user = User.objects.create_user("alice@example.com", PASSWORD)
    alice = signed_in(user)
    app, codes = with_app(alice)
    same = challenged()
    challenges = [same if kind == "one challenge" else challenged() for _ in range(4)]
    code = app.now()

    def act(number: int) -> tuple[int, str]:
        if kind == "one code":
            return finish(challenges[number], code=code)
        return finish(
            challenges[number], recovery_code=codes[number if kind == "one challenge" else 0]
        )

    statuses = [status for status, _ in in_parallel(4, act)]
    assert sorted(statuses) == [200, 400, 400, 400]
    assert Session.objects.count() == 2
    used = RecoveryCode.objects.filter(used_at__isnull=False).count()
    assert used == (0 if kind == "one code" else 1), "what failed used nothing up"


def test_a_remembered_browser_is_not_asked_again(
    alice: Caller, alice_user: User, app: pyotp.TOTP, settings: Settings
) -> None:
    browser = Caller(client=Client())
    asked = {"challenge": challenged(browser), "code": app.now(), "remember_device": True}
    cookie = browser.post("/auth/login/second-factor", asked).cookies["remembered_device"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Strict", "/auth")
    assert cookie["max-age"] == 30 * 86_400
    assert cookie.value not in str(RememberedDevice.objects.values().get())
    assert browser.post("/auth/login", LOGIN).status_code == 200
    assert Session.objects.latest("id").methods == "pwd dev mfa"
    bob = User.objects.create_user("bob@example.com", PASSWORD)
    with_app(signed_in(bob))
    reply = browser.post("/auth/login", {**LOGIN, "email": "bob@example.com"})
    assert reply.json()["code"] == "second_factor_required", "it is Alice's"


@pytest.mark.parametrize("how", ["forgotten", "password", "sign-out", "removal", "time"])
def test_a_remembered_browser_is_forgotten(
    how: str, alice: Caller, alice_user: User, app: pyotp.TOTP
) -> None:
    browser = Caller(client=Client())
    asked = {"challenge": challenged(browser), "code": app.now(), "remember_device": True}
    assert browser.post("/auth/login/second-factor", asked).status_code == 200
    [row] = alice.get("/auth/factors").json()["remembered_devices"]
    password = PASSWORD
    if how == "forgotten":
        assert alice.send("DELETE", f"/auth/remembered-devices/{row['id']}").status_code == 204
    elif how == "password":
        password = "another violet 27 x"
        alice.post("/auth/password", {"current": PASSWORD, "new": password})
    elif how == "sign-out":
        alice.post("/auth/logout-all")
    elif how == "time":
        RememberedDevice.objects.update(expires_at=timezone.now())
    else:
        with_key(alice, SecurityKey())
        assert alice.send("DELETE", "/auth/factors/otp").status_code == 204
    assert challenged(browser, password=password)
    if how != "sign-out":
        assert alice.get("/auth/factors").json()["remembered_devices"] == []


def test_spent_challenges_are_forgotten_with_their_time(alice: Caller, app: pyotp.TOTP) -> None:
    finish(challenged(), code=app.now())
    assert challenges_forget() == 0
    SpentChallenge.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert challenges_forget() == 1
