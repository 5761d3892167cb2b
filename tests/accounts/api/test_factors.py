from dataclasses import replace
from datetime import timedelta
from typing import Final
from unittest.mock import patch

import pyotp
import pytest
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Authenticator, Mail, RecoveryCode, Session, User
from accounts.services.factors import factors_reset
from platform_site.kit.auth.revocations import session_is_revoked
from platform_site.kit.auth.tokens import verify_user_token
from tests.accounts.authenticators import SecurityKey, with_app, with_key
from tests.accounts.callers import PASSWORD, Caller, in_parallel, signed_in

NOTHING: Final[dict[str, object]] = {
    "otp": None,
    "recovery_codes_left": 0,
    "passkeys": [],
    "remembered_devices": [],
}


def test_apps_read_the_name_of_the_platform_though_it_has_a_colon(
    alice: Caller, settings: Settings
) -> None:
    """They take what stands before the first colon, encoded or not, for the name."""
    settings.TOTP_ISSUER = "Acme: photos"
    read = pyotp.parse_uri(alice.post("/auth/factors/otp").json()["uri"])
    assert (read.issuer, read.name) == ("Acme photos", "alice@example.com")


def test_a_new_authenticator_counts_once_a_code_of_it_was_seen(
    alice: Caller, alice_user: User
) -> None:
    assert alice.get("/auth/factors").json() == NOTHING
    begun = alice.post("/auth/factors/otp").json()
    assert begun["uri"].startswith("otpauth://totp/Image%20platform:alice%40example.com?secret=")
    assert begun["qr_svg"].startswith("<svg")
    assert alice.get("/auth/factors").json() == NOTHING
    assert signed_in(alice_user).access, "nothing is asked for yet"
    wrong = alice.post("/auth/factors/otp/confirm", {"code": "000000"})
    assert (wrong.status_code, wrong.json()["code"]) == (400, "factor_incorrect")
    code = pyotp.TOTP(begun["secret"]).now()
    codes = alice.post("/auth/factors/otp/confirm", {"code": code}).json()["recovery_codes"]
    assert len(set(codes)) == 10
    assert all(len(code.replace("-", "")) == 16 for code in codes)
    factors = alice.get("/auth/factors").json()
    assert factors["otp"]["confirmed_at"]
    assert factors["recovery_codes_left"] == 10
    assert alice.get("/auth/profile").json()["second_factor"] is True
    assert Session.objects.earliest("id").methods == "pwd otp mfa"


def test_the_rows_have_no_secret_to_read(alice: Caller) -> None:
    app, codes = with_app(alice)
    assert app.secret not in str(Authenticator.objects.values().get())
    rows = str(list(RecoveryCode.objects.values()))
    assert not any(code in rows or code.replace("-", "") in rows for code in codes)


def test_a_second_authenticator_takes_the_place_of_none(alice: Caller) -> None:
    assert alice.post("/auth/factors/otp/confirm", {"code": "123456"}).status_code == 404
    first = alice.post("/auth/factors/otp").json()["secret"]
    assert alice.post("/auth/factors/otp").json()["secret"] != first, "it was not confirmed"
    with_app(alice)
    reply = alice.post("/auth/factors/otp")
    assert (reply.status_code, reply.json()["code"]) == (409, "factor_exists")


def test_recovery_codes_are_for_an_account_with_a_factor_and_replace_the_former(
    alice: Caller,
) -> None:
    assert alice.post("/auth/factors/recovery-codes").json()["code"] == "factor_not_found"
    former = with_app(alice)[1]
    renewed = alice.post("/auth/factors/recovery-codes").json()["recovery_codes"]
    assert not set(former) & set(renewed)
    assert RecoveryCode.objects.count() == 10


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/auth/factors/otp"),
        ("DELETE", "/auth/factors/otp"),
        ("POST", "/auth/factors/recovery-codes"),
        ("POST", "/auth/passkeys/options"),
        ("DELETE", "/auth/passkeys/0193a5c0-0000-7000-8000-000000000000"),
    ],
)
def test_a_stale_session_changes_no_factor(method: str, path: str, alice: Caller) -> None:
    with_app(alice)
    Session.objects.update(authenticated_at=timezone.now() - timedelta(seconds=301))
    before = list(RecoveryCode.objects.values()), Authenticator.objects.values().get()
    reply = alice.send(method, path)
    assert (reply.status_code, reply.json()["code"]) == (403, "reauthentication_required")
    assert (list(RecoveryCode.objects.values()), Authenticator.objects.values().get()) == before


def test_removing_a_factor_ends_the_other_sessions(alice_user: User) -> None:
    here, there = signed_in(alice_user), signed_in(alice_user)
    with_app(here)
    assert here.send("DELETE", "/auth/factors/otp").status_code == 204
    assert there.get("/auth/profile").json()["code"] == "token_revoked"
    assert here.get("/auth/factors").json() == NOTHING
    assert here.send("DELETE", "/auth/factors/otp").json()["code"] == "factor_not_found"
    assert Session.objects.get(revoked_at=None).methods == "pwd"


def test_with_the_last_factor_the_rights_that_it_gave_are_gone_at_once(
    settings: Settings, alice_user: User
) -> None:
    settings.REQUIRE_SECOND_FACTOR = "staff"
    User.objects.filter(id=alice_user.id).update(is_staff=True)
    here = signed_in(alice_user)
    with_app(here)
    passkey = with_key(here, SecurityKey())["id"]
    pair = here.post("/auth/refresh", {"refresh": here.refresh}).json()
    here = Caller(access=pair["access"], refresh=pair["refresh"])
    session_id = verify_user_token(here.access, audience="gateway").session_id
    alice_user.refresh_from_db()
    at_the_admin = alice_user.get_session_auth_hash()
    assert here.send("DELETE", "/auth/factors/otp").status_code == 204
    assert not session_is_revoked(session_id), "a passkey is left"
    assert here.send("DELETE", f"/auth/passkeys/{passkey}").status_code == 204
    assert session_is_revoked(session_id)
    refused = here.post("/auth/refresh", {"refresh": here.refresh})
    assert (refused.status_code, refused.json()["code"]) == (401, "token_revoked")
    alice_user.refresh_from_db()
    assert alice_user.get_session_auth_hash() != at_the_admin


def test_staff_have_their_rights_by_two_proofs(settings: Settings, db: None) -> None:
    settings.REQUIRE_SECOND_FACTOR = "staff"
    sam = User.objects.create_user("sam@example.com", "correct horse battery", is_staff=True)
    caller = signed_in(sam)
    before = verify_user_token(caller.access, audience="gateway")
    assert (before.is_staff, "platform:read" in before.scopes) == (False, False)
    assert "images:read" in before.scopes, "a person like any other"
    assert caller.get("/auth/profile").json()["must_add_factor"] is True
    with_app(caller)
    pair = caller.post("/auth/refresh", {"refresh": caller.refresh}).json()
    after = verify_user_token(pair["access"], audience="gateway")
    assert (after.is_staff, "platform:read" in after.scopes) == (True, True)
    assert caller.get("/auth/profile").json()["must_add_factor"] is False


@pytest.mark.parametrize("rights", [{}, {"is_staff": True}], ids=["person", "staff"])
def test_everybody_may_have_to_add_a_factor_first(
    rights: dict[str, bool], settings: Settings, alice_user: User
) -> None:
    settings.REQUIRE_SECOND_FACTOR = "everybody"
    User.objects.filter(id=alice_user.id).update(**rights, name="Alice")
    caller = signed_in(alice_user)
    before = verify_user_token(caller.access, audience="gateway")
    assert before.scopes == {"account:read", "account:write", "account:restore"}
    assert not before.role_tokens
    with_key(caller, SecurityKey())
    pair = caller.post("/auth/refresh", {"refresh": caller.refresh}).json()
    after = verify_user_token(pair["access"], audience="gateway")
    assert "images:write" in after.scopes
    assert set(after.role_tokens) == {"images"}


def test_the_staff_can_reset_what_somebody_has_lost(alice: Caller, alice_user: User) -> None:
    with_app(alice)
    with_key(alice, SecurityKey())
    with patch("accounts.services.factors.audit_record") as recorded:
        factors_reset(user_id=alice_user.id, by=alice_user.id)
    assert recorded.call_args.args == ("admin.factors_reset",)
    assert Mail.objects.filter(user_id=alice_user.id, kind="security_notice").count() == 3
    assert alice.get("/auth/profile").json()["code"] == "token_revoked"
    assert signed_in(alice_user).get("/auth/factors").json() == NOTHING


@pytest.mark.django_db(transaction=True)
def test_of_two_removals_at_once_one_is_the_last(alice_user: User) -> None:
    alice = signed_in(alice_user)
    with_app(alice)
    passkey = with_key(alice, SecurityKey())["id"]
    paths = ["/auth/factors/otp", f"/auth/passkeys/{passkey}"]
    replies = in_parallel(2, lambda number: replace(alice).send("DELETE", paths[number]))
    assert [reply.status_code for reply in replies] == [204, 204]
    assert not RecoveryCode.objects.exists()
    assert Session.objects.get().methods == "pwd"


@pytest.mark.django_db(transaction=True)
def test_codes_that_are_used_while_they_are_renewed_wait_in_turn(alice_user: User) -> None:
    """Neither request is the victim of a deadlock."""
    alice = signed_in(alice_user)
    codes = with_app(alice)[1]
    login = {"email": alice_user.email, "password": PASSWORD}
    challenges = [Caller().post("/auth/login", login).json()["challenge"] for _ in range(3)]

    def act(number: int) -> int:
        if number == 3:
            return replace(alice).post("/auth/factors/recovery-codes").status_code
        body = {"challenge": challenges[number], "recovery_code": codes[number]}
        return Caller().post("/auth/login/second-factor", body).status_code

    *used, renewed = in_parallel(4, act)
    assert renewed == 201
    assert {*used} <= {200, 400}
    assert RecoveryCode.objects.filter(used_at=None).count() == 10


def test_a_reset_that_ends_no_session_removes_no_factor(alice: Caller, alice_user: User) -> None:
    with_app(alice)
    with (
        patch("accounts.services.factors.sessions_end_all", side_effect=ConnectionError),
        pytest.raises(ConnectionError),
    ):
        factors_reset(user_id=alice_user.id, by=alice_user.id)
    assert Authenticator.objects.filter(user=alice_user).exists()
    assert RecoveryCode.objects.count() == 10
