from typing import Any

import pytest
from fido2.utils import websafe_encode
from fido2.webauthn import AuthenticatorData

from accounts.models import AuditEntry, Passkey, Session, User
from tests.accounts.authenticators import SecurityKey, with_key
from tests.accounts.callers import Caller, signed_in

FLAG = AuthenticatorData.FLAG
CLIENT = websafe_encode(b'{"type": "a", "challenge": "YQ", "origin": "b"}')
CUT_SHORT = b"0" * 32 + b"\x40" + b"0000" + b"1" * 17
TOO_DEEP = b"0" * 32 + b"\x80" + b"0000" + b"\x81" * 5000
"""Data of an authenticator: with a part of a key, and with extensions that are lists in lists."""


def asked_for() -> dict[str, Any]:
    """Options for a sign-in by anybody's passkey."""
    options: dict[str, Any] = Caller().post("/auth/login/passkey/options").json()
    return options


def sign_in(key: SecurityKey, **changes: str) -> tuple[int, str]:
    """Status and code of a sign-in by ``key`` alone."""
    asked = asked_for()
    body = {"state": asked["state"], "credential": key.used(asked["options"], **changes)}
    reply = Caller().post("/auth/login/passkey", body)
    return reply.status_code, reply.json().get("code", "")


def test_a_passkey_is_made_named_and_removed(alice: Caller, bob: Caller) -> None:
    key = SecurityKey(flags=FLAG.UP | FLAG.UV | FLAG.BE | FLAG.BS)
    added = with_key(alice, key, "Phone")
    assert len(added.pop("recovery_codes")) == 10, "the first factor"
    assert added["name"] == "Phone"
    assert (added["backed_up"], added["device_bound"], added["last_used_at"]) == (True, False, None)
    assert alice.get("/auth/factors").json()["passkeys"] == [added]
    assert with_key(alice, SecurityKey(), "Second")["recovery_codes"] == []
    path = f"/auth/passkeys/{added['id']}"
    assert bob.send("PATCH", path, {"name": "Mine"}).json()["code"] == "factor_not_found"
    assert bob.send("DELETE", path).json()["code"] == "factor_not_found"
    assert alice.send("PATCH", path, {"name": "Old phone"}).json()["name"] == "Old phone"
    assert [(row["act"], row["target"]) for row in alice.get("/auth/audit").json()["results"]][
        :1
    ] == [("passkey.rename", path.rpartition("/")[2])]
    assert alice.send("DELETE", path).status_code == 204
    assert [row["name"] for row in alice.get("/auth/factors").json()["passkeys"]] == ["Second"]


def test_the_options_ask_for_a_discoverable_key_of_this_site(alice: Caller) -> None:
    with_key(alice, key := SecurityKey())
    options = alice.post("/auth/passkeys/options").json()["options"]
    assert options["rp"]["id"] == "testserver"
    assert options["authenticatorSelection"]["residentKey"] == "required"
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert options["attestation"] == "none"
    assert [known["id"] for known in options["excludeCredentials"]] == [websafe_encode(key.id)]
    alone = asked_for()["options"]
    assert alone["userVerification"] == "required"
    assert not alone.get("allowCredentials"), "which would tell who has one"


def test_a_passkey_alone_signs_in_by_two_methods(alice: Caller, alice_user: User) -> None:
    with_key(alice, key := SecurityKey())
    asked = asked_for()
    body = {"state": asked["state"], "credential": key.used(asked["options"])}
    reply = Caller().post("/auth/login/passkey", body)
    assert reply.status_code == 200
    assert reply.cookies["refresh"]["httponly"]
    assert Session.objects.latest("id").methods == "hwk mfa"
    assert Passkey.objects.get().last_used_at
    assert Caller().post("/auth/login/passkey", body).json()["code"] == "challenge_invalid"
    User.objects.update(is_active=False)
    assert sign_in(key) == (401, "invalid_credentials")


@pytest.mark.parametrize(
    "change",
    [
        {"origin": "https://evil.example"},
        {"rp_id": "evil.example"},
        {"flags": FLAG.UP},
        {"flags": FLAG.UV},
        {"id": b"another"},
        {"count": 0},
        {"private": SecurityKey().private},
        {"handle": b"0" * 16},
        {"handle": b"short"},
        {"framed": True},
        {"top": "https://evil.example"},
        {"flags": FLAG.UP | FLAG.UV | FLAG.BE},
        {"flags": FLAG.UP | FLAG.UV | FLAG.BS},
    ],
)
def test_a_passkey_that_is_not_right_opens_nothing(
    change: dict[str, object], alice: Caller
) -> None:
    with_key(alice, key := SecurityKey())
    for name, value in change.items():
        setattr(key, name, value)
    assert sign_in(key) == (400, "factor_incorrect")
    assert Session.objects.count() == 1
    assert Passkey.objects.get().last_used_at is None


def test_a_count_that_goes_back_is_audited(alice: Caller, alice_user: User) -> None:
    with_key(alice, key := SecurityKey())
    assert sign_in(key)[0] == 200
    key.count -= 1  # a copy of the key
    assert sign_in(key) == (400, "factor_incorrect")
    entry = AuditEntry.objects.latest("id")
    assert (entry.act, entry.outcome, entry.user_id) == ("sign_in", "refused", alice_user.id)
    assert entry.details == {"method": "passkey", "reason": "sign_count"}
    assert sign_in(key)[0] == 200, "the owner goes on"


def test_authenticators_that_do_not_count_are_taken(alice: Caller) -> None:
    with_key(alice, key := SecurityKey(counts=False))
    assert [sign_in(key)[0] for _ in range(2)] == [200, 200]


def test_a_registration_is_bound_to_its_session_and_good_once(
    alice: Caller, bob: Caller, alice_user: User
) -> None:
    asked = alice.post("/auth/passkeys/options").json()
    key = SecurityKey()
    body = {"state": asked["state"], "credential": key.made(asked["options"]), "name": "K"}
    for strange in (bob, signed_in(alice_user)):
        assert strange.post("/auth/passkeys", body).json()["code"] == "challenge_invalid"
    assert alice.post("/auth/passkeys", body).status_code == 201
    assert alice.post("/auth/passkeys", body).json()["code"] == "challenge_invalid"
    asked = bob.post("/auth/passkeys/options").json()
    again = {"state": asked["state"], "credential": key.made(asked["options"]), "name": "K"}
    reply = bob.post("/auth/passkeys", again)
    assert (reply.status_code, reply.json()["code"]) == (409, "factor_exists")
    assert Passkey.objects.count() == 1


@pytest.mark.parametrize(
    "change",
    [
        {"origin": "https://evil.example"},
        {"rp_id": "evil.example"},
        {"flags": FLAG.UP},
        {"flags": FLAG.UV},
        {"flags": FLAG.UP | FLAG.UV | FLAG.BS},
        {"framed": True},
        {"top": "https://evil.example"},
        {"algorithm": -999},
        {"tells": False},
        {"id": b"1" * 1024},
    ],
)
def test_a_passkey_that_is_not_right_is_not_kept(change: dict[str, Any], alice: Caller) -> None:
    asked = alice.post("/auth/passkeys/options").json()
    made = SecurityKey(**change).made(asked["options"])
    body = {"state": asked["state"], "credential": made, "name": "K"}
    reply = alice.post("/auth/passkeys", body)
    assert (reply.status_code, reply.json()["code"]) == (400, "factor_incorrect")
    assert not Passkey.objects.exists()


def test_the_last_passkey_of_an_account_without_a_password_stays(
    alice: Caller, alice_user: User
) -> None:
    first, last = (with_key(alice, SecurityKey(), name)["id"] for name in "ab")
    alice_user.set_unusable_password()
    alice_user.save()
    assert alice.send("DELETE", f"/auth/passkeys/{first}").status_code == 204
    refused = alice.send("DELETE", f"/auth/passkeys/{last}")
    assert (refused.status_code, refused.json()["code"]) == (409, "last_way_in")
    assert str(Passkey.objects.get().id) == last


@pytest.mark.parametrize(
    "credential",
    [
        {},
        {"id": "x", "rawId": "x", "type": "public-key", "response": {}},
        {"id": 1, "rawId": [], "response": None},
        {"id": "YQ", "rawId": "YQ", "type": "public-key", "response": {"clientDataJSON": "e30"}},
        {
            "id": "YQ",
            "rawId": "YQ",
            "type": "public-key",
            "response": {
                "clientDataJSON": "bm8",
                "attestationObject": "oA",
                "authenticatorData": "AAAA",
                "signature": "AA",
            },
        },
        *(
            {
                "id": "YQ",
                "rawId": "YQ",
                "type": "public-key",
                "response": {
                    "clientDataJSON": CLIENT,
                    "attestationObject": websafe_encode(b"\xa1\x68authData" + b"\x81" * 5000),
                    "authenticatorData": websafe_encode(data),
                    "signature": "AA",
                },
            }
            for data in (CUT_SHORT, TOO_DEEP)
        ),
    ],
)
def test_nonsense_for_a_credential_is_a_refusal(
    credential: dict[str, object], alice: Caller
) -> None:
    asked = alice.post("/auth/passkeys/options").json()
    body = {"state": asked["state"], "credential": credential, "name": "K"}
    assert alice.post("/auth/passkeys", body).json()["code"] == "factor_incorrect"
    asked = asked_for()
    body = {"state": asked["state"], "credential": credential}
    assert Caller().post("/auth/login/passkey", body).json()["code"] == "factor_incorrect"
