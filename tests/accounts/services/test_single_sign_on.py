import base64
import hmac
import json
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from joserfc import jws, jwt
from joserfc.jwk import ECKey
from pytest_django import Settings

from accounts.models import AuditEntry, Identity, Session, SpentState, User
from accounts.services.single_sign_on import states_forget
from tests.accounts.callers import Caller
from tests.accounts.travellers import Traveller, error_of
from tests.servers.oidc_provider import CLIENT_SECRET, JSON, OidcProvider
from tests.servers.ports import free_port

pytestmark = [pytest.mark.enable_socket, pytest.mark.django_db]


def test_a_stranger_signs_in_and_has_an_account_without_a_password(
    provider: OidcProvider,
) -> None:
    dora = Traveller()
    reply = dora.through(return_path="/images?tag=x")

    assert (error_of(reply), reply["Location"]) == ("", "/images?tag=x")
    user = User.objects.get()
    assert (user.email, user.name) == ("dora@example.org", "Dora")
    assert not user.has_usable_password()
    assert user.email_verified_at is not None
    session = Session.objects.get()
    assert (session.methods, session.device) == ("fed", "browser")
    entry = AuditEntry.objects.get(act="sign_in")
    assert entry.target == str(session.id)
    assert entry.details == {"methods": "fed", "provider": "acme"}
    cookie = reply.cookies["refresh"]
    assert (cookie["samesite"], cookie["path"], cookie["httponly"]) == ("Strict", "/auth", True)
    profile = dora.signed_in().get("/auth/profile").json()
    assert profile["email"] == "dora@example.org"
    assert reply.cookies["sso"].value == ""


def test_the_second_time_it_is_the_same_account_whatever_the_address_is_by_then(
    provider: OidcProvider,
) -> None:
    Traveller().through()
    provider.person["email"] = "dora@new.example"
    assert error_of(Traveller().through()) == ""
    identity = Identity.objects.get()
    assert identity.email == "dora@new.example"
    assert identity.last_used_at is not None
    assert User.objects.get().email == "dora@example.org"


def test_the_way_in_is_offered(provider: OidcProvider, charlie: Caller) -> None:
    offered = charlie.get("/auth/sign-in-options").json()["providers"]
    assert offered == [{"id": "acme", "name": "Acme"}]


def test_spent_states_are_forgotten_once_they_would_have_expired(provider: OidcProvider) -> None:
    Traveller().through()
    assert states_forget() == 0
    SpentState.objects.update(spent_at=timezone.now() - timedelta(hours=1))
    assert states_forget() == 1


def test_an_address_in_userinfo_alone_is_as_good_if_it_is_of_the_same_person(
    provider: OidcProvider,
) -> None:
    provider.tells_in_token = False
    assert error_of(Traveller().through()) == ""
    assert User.objects.get().email == "dora@example.org"
    provider.answers["/userinfo"] = lambda: ("200 OK", JSON, {"sub": "p-2", "email": "x@y.example"})
    assert error_of(Traveller().through()) == "sso_answer_invalid"


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("\u062f\u0639\u0645@example.org", "\u062f\u0639\u0645@example.org"),
        ('"dora smith"@example.org', ""),
        ("dora@\u2603.example", ""),
        (["dora@example.org"], ""),
    ],
)
def test_a_provider_tells_an_address_by_the_rules_of_registration(
    provider: OidcProvider, told: Any, kept: str
) -> None:
    provider.person["email"] = told
    assert error_of(Traveller().through()) == ("" if kept else "sso_email_refused")
    assert list(User.objects.values_list("email", flat=True)) == ([kept] if kept else [])


@pytest.mark.parametrize(
    "changes",
    [
        {"state": "x" * 43},
        {"state": None},
        {"code": None},
        {"code": "x" * 48},
        {"iss": "https://evil.example"},
    ],
)
def test_a_return_that_was_changed_opens_nothing(
    provider: OidcProvider, changes: dict[str, str | None]
) -> None:
    mallory = Traveller()
    error = error_of(mallory.back(mallory.at_provider(mallory.begin()), **changes))
    wanted = "sso_state_invalid" if "state" in changes else "sso_answer_invalid"
    assert (error, User.objects.count(), Session.objects.count()) == (wanted, 0, 0)


def test_a_return_is_good_once_in_the_browser_that_began_at_the_provider_that_it_names(
    provider: OidcProvider, settings: Settings
) -> None:
    settings.OIDC_PROVIDERS = [provider.settings(), provider.settings(id="other")]
    dora = Traveller()
    location = dora.at_provider(dora.begin())
    cookie = dora.caller.client.cookies["sso"].value
    assert error_of(Traveller().back(location)) == "sso_state_invalid", "another browser"
    dora.caller.client.cookies["sso"] = cookie
    moved = location.replace("/sso/acme/", "/sso/other/")
    assert error_of(dora.back(moved)) == "sso_state_invalid", "another provider's return"
    dora.caller.client.cookies["sso"] = cookie
    assert error_of(dora.back(location)) == ""
    dora.caller.client.cookies["sso"] = cookie
    assert error_of(dora.back(location)) == "sso_state_invalid", "used"
    assert Session.objects.count() == 1


def test_an_attempt_is_too_old_after_ten_minutes(
    provider: OidcProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    dora = Traveller()
    location = dora.at_provider(dora.begin())
    now = time.time()
    monkeypatch.setattr("accounts.services.single_sign_on.time.time", lambda: now + 601)
    assert error_of(dora.back(location)) == "sso_state_invalid"


def test_without_the_right_verifier_the_code_is_worth_nothing(provider: OidcProvider) -> None:
    dora = Traveller()
    location = dora.at_provider(dora.begin())
    (code,) = provider.codes.values()
    assert code.code_challenge_method == "S256"
    code.code_challenge = "x" * 43
    assert error_of(dora.back(location)) == "sso_answer_invalid"


NOW = int(time.time())


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"iss": "https://evil.example"},
        {"iss": ["https://evil.example"]},
        {"aud": ["another"]},
        {"aud": ["image-platform", "another"]},
        {"azp": "another"},
        {"exp": NOW - 3600},
        {"exp": "soon"},
        {"iat": NOW + 3600},
        {"iat": NOW - 3600},
        {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
        {"at_hash": 5},
        {"sub": ""},
        {"sub": 5},
        {"sub": "x" * 256},
        {"sub": "p\0"},  # PostgreSQL keeps no NUL
        {"sub": "p\n"},
    ],
)
def test_a_token_for_somebody_else_or_another_time_is_not_believed(
    provider: OidcProvider, claims: dict[str, Any]
) -> None:
    provider.claims = claims
    error = error_of(Traveller().through())
    assert (error, User.objects.count()) == ("sso_answer_invalid", 0)


def encoded(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def test_a_token_that_the_provider_did_not_sign_is_not_believed(provider: OidcProvider) -> None:
    public = provider.key.as_dict(private=False)
    kid = str(provider.key.kid)

    def hmac_signed(secret: bytes) -> Callable[[dict[str, Any]], str]:
        def sign(claims: dict[str, Any]) -> str:
            text = f"{encoded({'alg': 'HS256', 'kid': kid})}.{encoded(claims)}"
            digest = hmac.digest(secret, text.encode(), "sha256")
            return f"{text}.{base64.urlsafe_b64encode(digest).decode().rstrip('=')}"

        return sign

    stranger = ECKey.generate_key("P-256", {"kid": kid})
    forged: list[Callable[[dict[str, Any]], str]] = [
        lambda claims: f"{encoded({'alg': 'none'})}.{encoded(claims)}.",
        hmac_signed(provider.key.as_pem(private=False)),
        hmac_signed(json.dumps(public).encode()),
        hmac_signed(CLIENT_SECRET.encode()),
        lambda claims: jwt.encode({"alg": "ES256", "kid": kid}, claims, stranger, ["ES256"]),
        lambda claims: jwt.encode(
            {"alg": "ES256", "jwk": stranger.as_dict(private=False)}, claims, stranger, ["ES256"]
        ),
        lambda _claims: "a.b.c",
        lambda _claims: "x" * 40_000,
    ]
    for number, signer in enumerate(forged):
        provider.signer = signer
        assert error_of(Traveller().through()) == "sso_answer_invalid", number
    assert not User.objects.exists()


def test_a_token_that_cannot_be_read_or_kept_is_not_believed(provider: OidcProvider) -> None:
    def signed(payload: bytes) -> str:
        header = {"alg": "ES256", "kid": str(provider.key.kid)}
        return jws.serialize_compact(header, payload, provider.key)

    provider.signer = lambda _claims: signed(b"[" * 9000 + b"]" * 9000)
    assert error_of(Traveller().through()) == "sso_answer_invalid"
    half_a_letter = {"sub": "\ud800"}
    provider.signer = lambda claims: signed(json.dumps({**claims, **half_a_letter}).encode())
    assert error_of(Traveller().through()) == "sso_answer_invalid"


def test_new_keys_of_the_provider_are_read_and_invented_ones_do_not_make_us_ask_again(
    provider: OidcProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert error_of(Traveller().through()) == ""
    monkeypatch.setattr("accounts.oidc.metadata.AGAIN_S", 0.0)
    provider.rotate()
    assert error_of(Traveller().through()) == ""
    assert provider.asked.count("/keys") == 2
    monkeypatch.setattr("accounts.oidc.metadata.AGAIN_S", 60.0)
    provider.published, asked = [provider.key], provider.asked.count("/keys")
    provider.key = ECKey.generate_key("P-256", {"kid": "invented"})
    provider.algorithm = "ES256"
    for _ in range(3):
        assert error_of(Traveller().through()) == "sso_answer_invalid"
    assert provider.asked.count("/keys") <= asked + 1


def test_a_new_key_under_the_name_of_the_last_is_read(
    provider: OidcProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert error_of(Traveller().through()) == ""
    provider.key = ECKey.generate_key("P-256", {"kid": "e1"})
    assert error_of(Traveller().through()) == "sso_answer_invalid", "not twice in a minute"
    monkeypatch.setattr("accounts.oidc.metadata.AGAIN_S", 0.0)
    assert error_of(Traveller().through()) == ""


def test_a_provider_that_names_itself_must_name_itself(provider: OidcProvider) -> None:
    provider.discovery["authorization_response_iss_parameter_supported"] = True
    dora = Traveller()
    assert error_of(dora.back(dora.at_provider(dora.begin()))) == "sso_answer_invalid"
    location = dora.at_provider(dora.begin())
    assert error_of(dora.back(location, iss=provider.issuer)) == ""


@pytest.mark.parametrize(
    ("error", "code"),
    [
        ("access_denied", "sso_denied"),
        ("temporarily_unavailable", "sso_provider_unavailable"),
        ("<script>", "sso_answer_invalid"),
    ],
)
def test_the_providers_own_no_is_told_in_our_words(
    provider: OidcProvider, error: str, code: str
) -> None:
    dora = Traveller()
    reply = dora.back(dora.at_provider(dora.begin()), error=error, code=None)
    assert error_of(reply) == code
    assert reply["Location"] == f"/sign-in#sso_error={code}"
    again = dora.back(dora.at_provider(dora.begin(return_path="/a?b")), error=error, code=None)
    assert again["Location"] == f"/sign-in?next=%2Fa%3Fb#sso_error={code}"


def slowly() -> Iterator[bytes]:
    while True:
        time.sleep(0.05)
        yield b" "


@pytest.mark.parametrize("path", ["/token", "/keys"])
@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (("503 Down", JSON, {}), "sso_provider_unavailable"),
        (("302 Found", [("Location", "http://127.0.0.1/")], ""), "sso_answer_invalid"),
        (("200 OK", JSON, "{"), "sso_answer_invalid"),
        (("200 OK", JSON, "[]"), "sso_answer_invalid"),
        (("400 No", JSON, {"error": "invalid_grant"}), "sso_answer_invalid"),
        (("200 OK", JSON, "x" * 600_000), "sso_provider_unavailable"),
        (("200 OK", JSON, None), "sso_provider_unavailable"),
    ],
)
def test_a_provider_that_breaks_is_no_fault_of_ours(
    provider: OidcProvider,
    monkeypatch: pytest.MonkeyPatch,
    path: str,
    answer: tuple[str, list[tuple[str, str]], Any],
    code: str,
) -> None:
    monkeypatch.setattr("accounts.oidc.calls.CALL_S", 0.5)
    status, headers, body = answer
    provider.answers[path] = lambda: (status, headers, slowly() if body is None else body)
    assert (error_of(Traveller().through()), User.objects.count()) == (code, 0)


def test_a_provider_that_is_down_is_said_at_the_beginning(
    provider: OidcProvider, settings: Settings, charlie: Caller
) -> None:
    settings.OIDC_PROVIDERS = [provider.settings(issuer=f"http://127.0.0.1:{free_port()}")]
    replies = [charlie.post("/auth/sso/acme/begin", {}) for _ in range(4)]
    assert {reply.json()["code"] for reply in replies} == {"sso_provider_unavailable"}
    provider.discovery["issuer"] = "https://evil.example"
    settings.OIDC_PROVIDERS = [provider.settings(name="Anew", id="anew")]
    settings.OIDC_CLIENT_SECRETS = {}
    assert charlie.post("/auth/sso/anew/begin", {}).json()["code"] == "sso_answer_invalid"
