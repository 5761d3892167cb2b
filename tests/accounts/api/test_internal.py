import base64
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import jwt
import pytest
from django.test import Client
from django.utils import timezone
from jwt import decode as jwt_decode
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import Session, User
from accounts.tokens import service_token_issue
from platform_site.kit.auth.tokens import verifier, verify_service_token, verify_user_token
from tests.accounts.callers import PASSWORD, Caller, signed_in

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Reply

SECRET = "a secret of the gateway, long enough"
FORM = "application/x-www-form-urlencoded"


@pytest.fixture(autouse=True)
def clients(settings: Settings) -> None:
    settings.SERVICE_CLIENTS = {"gateway": (SECRET,)}


def basic(client_id: str, secret: str) -> str:
    return "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()


def ask(path: str, form: dict[str, str], **headers: str) -> "Reply":
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Client().post(path, urlencode(form), content_type=FORM, headers=named)


def token(authorization: str, **form: str) -> "Reply":
    body = {"grant_type": "client_credentials", "audience": "images", **form}
    return ask("/internal/v1/token", body, Authorization=authorization)


def test_a_role_gets_a_token_for_fifteen_minutes(db: None) -> None:
    reply = token(basic("gateway", SECRET))
    assert reply.status_code == 200
    body = reply.json()
    assert set(body) == {"access_token", "token_type", "expires_in"}
    assert (body["token_type"], body["expires_in"]) == ("Bearer", 900)
    assert verify_service_token(body["access_token"], audience="images").client_id == "gateway"
    assert reply.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Bearer x",
        "Basic !!!",
        "Basic /w==",
        basic("gateway", "wrong"),
        basic("gateway", ""),
        basic("stranger", SECRET),
    ],
)
def test_an_unknown_client_gets_none(db: None, authorization: str) -> None:
    reply = token(authorization)
    assert (reply.status_code, reply.json()["code"]) == (401, "invalid_client")
    assert reply.headers["WWW-Authenticate"].startswith("Basic")


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"audience": "platform"}, "invalid_target"),
        ({"scope": "all"}, "unknown_field"),
    ],
)
def test_other_exchanges_are_refused(db: None, form: dict[str, str], code: str) -> None:
    reply = token(basic("gateway", SECRET), **form)
    assert (reply.status_code, reply.json()["code"]) == (400, code)


def test_guessing_a_clients_secret_is_limited(db: None, settings: Settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"client_token": (2, 60)}
    statuses = [token(basic("gateway", "guess")).status_code for _ in range(3)]
    assert statuses == [401, 401, 429]


@pytest.mark.parametrize("path", ["/internal/v1/token", "/internal/v1/introspect"])
def test_a_form_that_is_too_large_is_not_read(db: None, path: str) -> None:
    service = service_token_issue(client_id="gateway", audience="auth")
    reply = ask(
        path,
        {"token": "x" * 1_000_001},
        X_Service_Authorization=f"Bearer {service}",
        Authorization=basic("stranger", "guess"),
    )
    assert (reply.status_code, reply.json()["code"]) == (413, "payload_too_large")


def introspect(raw: str, service_token: str) -> "Reply":
    headers = {"X_Service_Authorization": f"Bearer {service_token}"} if service_token else {}
    return ask("/internal/v1/introspect", {"token": raw}, **headers)


def test_a_role_is_told_what_a_token_is_worth(alice: Caller, alice_user: User) -> None:
    ours = service_token_issue(client_id="gateway", audience="auth")
    told = introspect(alice.access, ours).json()
    assert (told["active"], told["sub"]) == (True, str(alice_user.id))
    alice.post("/auth/logout")
    assert introspect(alice.access, ours).json() == {"active": False}


def test_a_token_is_verified_once_and_its_session_looked_up_each_time(
    alice: Caller,
    django_assert_num_queries: DjangoAssertNumQueries,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ours = service_token_issue(client_id="gateway", audience="auth")
    verified: list[str] = []

    def decode(raw: str, *args: Any, **options: Any) -> Any:
        verified.append(raw)
        return jwt_decode(raw, *args, **options)

    verifier().forget()
    monkeypatch.setattr(jwt, "decode", decode)
    for _ in range(3):
        with django_assert_num_queries(1):
            assert introspect(alice.access, ours).json()["active"] is True
    assert verified == [ours, alice.access]


@pytest.mark.parametrize(
    ("body", "content_type", "status", "code"),
    [
        ("", FORM, 400, "invalid"),
        ("token=", FORM, 400, "invalid"),
        ("token=x&scope=all", FORM, 400, "unknown_field"),
        ("token=" + "x" * 4_097, FORM, 400, "invalid"),
        ('{"token": "x"}', "application/json", 415, "unsupported_media_type"),
    ],
)
def test_another_question_is_refused(
    db: None, body: str, content_type: str, status: int, code: str
) -> None:
    service = service_token_issue(client_id="gateway", audience="auth")
    reply = Client().post(
        "/internal/v1/introspect",
        body,
        content_type=content_type,
        headers={"X-Service-Authorization": f"Bearer {service}"},
    )
    assert (reply.status_code, reply.json()["code"]) == (status, code)


def test_only_a_role_is_told(alice: Caller) -> None:
    for audience in ("images", "platform"):
        other = service_token_issue(client_id="gateway", audience=audience)
        reply = introspect(alice.access, other)
        assert (reply.status_code, reply.json()["code"]) == (401, "token_invalid")
    assert introspect(alice.access, "").status_code == 401
    assert introspect(alice.access, alice.access).status_code == 401
    assert (
        ask(
            "/internal/v1/introspect", {"token": "x"}, Authorization=f"Bearer {alice.access}"
        ).status_code
        == 401
    )


ACCOUNT = "/internal/v1/account"
OURS = "X_Service_Authorization"


def ours() -> dict[str, str]:
    token = service_token_issue(client_id="gateway", audience="auth")
    return {OURS: f"Bearer {token}"}


def test_a_role_closes_the_account_of_the_person_that_it_acts_for(
    alice: Caller, bob: Caller, settings: Settings
) -> None:
    proof = {"password": PASSWORD}
    assert alice.send("DELETE", ACCOUNT, proof).status_code == 401
    assert Caller().send("DELETE", ACCOUNT, proof, **ours()).status_code == 401
    assert not User.objects.filter(deletion_due_at__isnull=False).exists()

    reply = alice.send("DELETE", ACCOUNT, proof, **ours())
    assert reply.status_code == 202
    closed = User.objects.get(name="Alice")
    assert closed.deletion_due_at is not None
    assert reply.json()["deletes_at"] == closed.deletion_due_at.isoformat().replace("+00:00", "Z")
    token = verify_user_token(reply.json()["images_token"], audience="images")
    assert (token.id, token.scopes) == (closed.id, frozenset({"images:withhold"}))
    assert alice.get("/auth/profile").json()["code"] == "token_revoked"
    assert bob.get("/auth/profile").json()["deletion_due_at"] is None


@pytest.mark.parametrize(
    ("proof", "code"),
    [
        (None, "reauthentication_required"),
        ({}, "reauthentication_required"),
        ({"password": ""}, "invalid"),
        ({"password": "a guess at it"}, "password_incorrect"),
        ({"password": PASSWORD, "sure": True}, "unknown_field"),
    ],
)
def test_an_account_is_not_closed_without_its_password_or_a_fresh_sign_in(
    alice: Caller, proof: dict[str, str] | None, code: str
) -> None:
    Session.objects.update(authenticated_at=timezone.now() - timedelta(minutes=6))
    reply = alice.send("DELETE", ACCOUNT, proof, **ours())
    status = 403 if code == "reauthentication_required" else 400
    assert (reply.status_code, reply.json()["code"]) == (status, code)
    assert User.objects.get().deletion_due_at is None
    assert alice.get("/auth/profile").status_code == 200


def test_guessing_the_password_there_is_limited(alice: Caller, settings: Settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"password": (2, 60)}
    guess = {"password": "a guess at it"}
    statuses = [alice.send("DELETE", ACCOUNT, guess, **ours()).status_code for _ in range(3)]
    assert statuses == [400, 400, 429]


def test_a_closed_account_can_be_looked_at_and_taken_back_and_nothing_else(
    alice: Caller, alice_user: User
) -> None:
    alice.send("DELETE", ACCOUNT, {"password": PASSWORD}, **ours())
    back = signed_in(alice_user)
    assert back.get("/auth/profile").json()["deletion_due_at"] is not None
    assert back.get("/auth/sessions").status_code == 200
    for method, path in (
        ("PATCH", "/auth/profile"),
        ("POST", "/auth/password"),
        ("POST", "/auth/logout-all"),
        ("DELETE", ACCOUNT),
    ):
        reply = back.send(method, path, {"password": PASSWORD}, **ours())
        assert (reply.status_code, reply.json()["code"]) == (403, "account_closing"), path

    for _ in range(2):
        assert back.post(f"{ACCOUNT}/restore", **ours()).status_code == 200
    assert back.get("/auth/profile").json()["deletion_due_at"] is None
    fresh = Caller().post("/auth/refresh", {"refresh": back.refresh}).json()["access"]
    assert Caller(access=fresh).send("PATCH", "/auth/profile", {"name": "A"}).status_code == 200


def test_what_is_due_cannot_be_signed_in_to_or_taken_back(alice: Caller, alice_user: User) -> None:
    alice.send("DELETE", ACCOUNT, {"password": PASSWORD}, **ours())
    back = signed_in(alice_user)
    User.objects.update(deletion_due_at=timezone.now())
    login = {"email": "alice@example.com", "password": PASSWORD}
    assert Caller().post("/auth/login", login).json()["code"] == "invalid_credentials"
    assert Caller().post("/auth/refresh", {"refresh": back.refresh}).status_code == 401
    reply = back.post(f"{ACCOUNT}/restore", **ours())
    assert (reply.status_code, reply.json()["code"]) == (409, "deletion_begun")
