"""Every door at which something can be guessed: by which key it is counted, and what then is said.

That the counts are exact in several processes is shown in `tests.accounts.test_parallel_tries`.
"""

from typing import Any

import pytest
from django.core.cache import caches
from django.db import transaction
from django.test import Client
from pytest_django import Settings

from accounts.errors import PasswordIncorrect
from accounts.models import Session, User
from accounts.services import users
from platform_site.kit.rest.rate_limits import RateLimited
from tests.accounts.authenticators import with_app
from tests.accounts.callers import PASSWORD, Caller, signed_in


def test_a_stolen_session_does_not_keep_the_owner_from_changing_the_password(
    alice_user: User,
) -> None:
    def change(session: Session, current: str) -> str:
        try:
            with transaction.atomic():
                users.password_change(session=session, current=current, new="violet harbour 27 x")
        except (PasswordIncorrect, RateLimited) as refusal:
            return refusal.code
        return "changed"

    for _ in range(2):
        signed_in(alice_user)
    stolen, own = Session.objects.select_related("user")
    assert [change(stolen, "a guess") for _ in range(11)][-1] == "rate_limited"
    assert change(own, PASSWORD) == "changed"


OF_NETWORKS = {
    "/auth/register": "register_tries",
    "/auth/login": "login",
    "/auth/login/passkey": "login",
    "/auth/login/passkey/options": "second_step",
    "/auth/login/second-factor": "second_step",
    "/auth/login/second-factor/options": "second_step",
    "/auth/email/verify": "link",
    "/auth/email/confirm": "link",
    "/auth/password/confirm": "link",
    "/auth/password/reset": "password_reset_tries",
    "/auth/sso/acme/begin": "sso",
    "/auth/refresh": "refresh",
    "/auth/revoke": "revoke",
    "/internal/v1/token": "client_token",
}
"""What anybody may ask with a secret in hand, and the limit of their network."""


@pytest.mark.parametrize(("path", "scope"), OF_NETWORKS.items())
def test_a_door_counts_a_network_and_shuts_for_it_alone(
    db: None, settings: Settings, path: str, scope: str
) -> None:
    settings.ACCOUNT_RATE_LIMITS = {scope: (3, 3600)}

    def tried(address: str) -> int:
        return Caller(client=Client(REMOTE_ADDR=address)).post(path, {}).status_code

    assert 429 not in [tried(f"2001:db8:0:1::{number}") for number in range(3)]
    assert tried("2001:db8:0:1:ffff::1") == 429, "one /64 is one customer"
    assert tried("2001:db8:0:2::1") != 429


def otp_at_sign_in(number: int, _caller: Caller) -> Any:
    """From another network each, and with a challenge of its own."""
    there = Caller(client=Client(REMOTE_ADDR=f"192.0.2.{number}"))
    body = {"email": "alice@example.com", "password": PASSWORD, "mode": "token"}
    challenge = there.post("/auth/login", body).json()["challenge"]
    return lambda code: there.post(
        "/auth/login/second-factor", {"challenge": challenge, "code": code, "mode": "token"}
    )


def otp_again(_number: int, caller: Caller) -> Any:
    return lambda code: caller.post("/auth/reauthenticate", {"code": code})


@pytest.mark.parametrize("door", [otp_at_sign_in, otp_again])
def test_codes_are_counted_by_account_wherever_they_are_guessed(
    alice: Caller, settings: Settings, door: Any
) -> None:
    app, recovery = with_app(alice)
    # By the day's count, which lasts, and by that of a quarter of an hour.
    for scope in ("factor_code", "factor_code_day"):
        caches["default"].clear()
        settings.ACCOUNT_RATE_LIMITS = {scope: (3, 86_400)}
        wrong = [door(number, alice)("000000").status_code for number in range(3)]
        assert wrong == [400] * 3
        for either in (otp_at_sign_in, otp_again):
            reply = either(9, alice)(app.now())
            assert (reply.status_code, reply.json()["code"]) == (429, "rate_limited")
            assert int(reply.headers["Retry-After"]) >= 1
    body = {"email": "alice@example.com", "password": PASSWORD, "mode": "token"}
    challenge = Caller().post("/auth/login", body).json()["challenge"]
    shown = {"challenge": challenge, "recovery_code": recovery[0], "mode": "token"}
    assert Caller().post("/auth/login/second-factor", shown).status_code == 200


def test_one_challenge_is_answered_five_times(alice: Caller) -> None:
    with_app(alice)
    body = {"email": "alice@example.com", "password": PASSWORD}
    challenge = Caller().post("/auth/login", body).json()["challenge"]

    def tried(number: int) -> int:
        there = Caller(client=Client(REMOTE_ADDR=f"192.0.2.{number}"))
        shown = {"challenge": challenge, "recovery_code": "0000-0000-0000-0000"}
        return there.post("/auth/login/second-factor", shown).status_code

    assert [tried(number) for number in range(7)] == [400] * 5 + [429] * 2


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/auth/reauthenticate", {"password": "a guess"}),
        ("/auth/reauthenticate", {"state": "x", "credential": {}}),
        ("/auth/password", {"current": "a guess", "new": "violet harbour 27 x"}),
    ],
)
def test_a_session_is_counted_where_it_proves_who_it_is(
    alice_user: User, settings: Settings, path: str, body: dict[str, Any]
) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"password": (3, 3600)}
    stolen, own = signed_in(alice_user), signed_in(alice_user)
    assert [stolen.post(path, body).status_code for _ in range(5)] == [400] * 3 + [429] * 2
    shut = stolen.post("/auth/reauthenticate", {"password": PASSWORD})
    assert shut.status_code == 429, "all of these doors are counted together"
    assert own.post("/auth/reauthenticate", {"password": PASSWORD}).status_code == 204
