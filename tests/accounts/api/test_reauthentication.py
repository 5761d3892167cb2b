from datetime import timedelta
from unittest.mock import patch

import pytest
from django.utils import timezone

from accounts.models import Session, User
from accounts.services.freshness import reauthenticate
from tests.accounts.authenticators import SecurityKey, with_app, with_key
from tests.accounts.callers import PASSWORD, Caller


def stale() -> None:
    """Let every sign-in be an hour ago."""
    Session.objects.update(authenticated_at=timezone.now() - timedelta(hours=1))


def is_fresh(caller: Caller) -> bool:
    """Whether a dangerous act would be let through."""
    return caller.post("/auth/passkeys/options").status_code == 200


def test_a_password_a_code_or_a_passkey_makes_a_session_fresh(alice: Caller) -> None:
    app, key = with_app(alice)[0], SecurityKey()
    with_key(alice, key)
    asked = alice.post("/auth/reauthenticate/options").json()
    proofs: list[dict[str, object]] = [
        {"password": PASSWORD},
        {"code": app.now()},
        {"state": asked["state"], "credential": key.used(asked["options"])},
    ]
    for proof in proofs:
        stale()
        assert not is_fresh(alice)
        assert alice.post("/auth/reauthenticate", proof).status_code == 204
        assert is_fresh(alice)
    stale()
    for replay in proofs[1:]:
        assert alice.post("/auth/reauthenticate", replay).status_code == 400
    assert not is_fresh(alice)


def test_a_proof_without_its_entry_is_none(alice: Caller) -> None:
    stale()
    with (
        patch("accounts.services.freshness.audit_record", side_effect=ConnectionError),
        pytest.raises(ConnectionError),
    ):
        alice.post("/auth/reauthenticate", {"password": PASSWORD})
    assert not is_fresh(alice)


def test_a_factor_that_was_removed_meanwhile_is_not_proved_again(alice: Caller) -> None:
    with_app(alice)
    before = Session.objects.select_related("user").get()
    assert alice.send("DELETE", "/auth/factors/otp").status_code == 204
    reauthenticate(session=before, origin="", password=PASSWORD)
    assert Session.objects.get().methods == "pwd"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"password": "wrong"}, "password_incorrect"),
        ({"code": "000000"}, "factor_incorrect"),
        ({"credential": {}}, "challenge_invalid"),
        ({"state": "x", "credential": {}}, "challenge_invalid"),
        ({}, "invalid"),
        ({"password": PASSWORD, "code": "000000"}, "invalid"),
    ],
)
def test_what_proves_nothing_leaves_the_session_stale(
    body: dict[str, object], code: str, alice: Caller
) -> None:
    stale()
    reply = alice.post("/auth/reauthenticate", body)
    assert (reply.status_code, reply.json()["code"]) == (400, code)
    assert not is_fresh(alice)


def test_another_session_or_person_cannot_answer(alice: Caller, bob: Caller) -> None:
    key = SecurityKey()
    with_key(alice, key)
    asked = alice.post("/auth/reauthenticate/options").json()
    answer = {"state": asked["state"], "credential": key.used(asked["options"])}
    assert bob.post("/auth/reauthenticate", answer).json()["code"] == "challenge_invalid"
    own = bob.post("/auth/reauthenticate/options").json()
    strange = {"state": own["state"], "credential": key.used(own["options"])}
    assert bob.post("/auth/reauthenticate", strange).json()["code"] == "factor_incorrect"


def test_guesses_by_a_session_are_limited(alice: Caller, alice_user: User) -> None:
    codes = [
        alice.post("/auth/reauthenticate", {"code": "000000"}).json()["code"] for _ in range(11)
    ]
    assert codes == ["factor_incorrect"] * 10 + ["rate_limited"]
    assert alice.post("/auth/reauthenticate", {"password": PASSWORD}).status_code == 429
