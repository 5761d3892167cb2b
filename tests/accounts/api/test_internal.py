import base64
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from accounts.tokens import service_token_issue
from platform_site.kit.tokens import verify_service_token
from tests.accounts.callers import PASSWORD, Caller

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


def test_a_role_deletes_the_account_of_the_person_that_it_acts_for(
    alice: Caller, bob: Caller
) -> None:
    ours = service_token_issue(client_id="gateway", audience="auth")
    path = "/internal/v1/account"
    assert alice.send("DELETE", path).status_code == 401
    assert (
        Caller().send("DELETE", path, X_Service_Authorization=f"Bearer {ours}").status_code == 401
    )
    assert User.objects.count() == 2

    assert alice.send("DELETE", path, X_Service_Authorization=f"Bearer {ours}").status_code == 204
    assert list(User.objects.values_list("name", flat=True)) == ["Bob"]
    assert alice.get("/auth/profile").json()["code"] == "token_revoked"
    body = {"email": "alice@example.com", "password": PASSWORD}
    assert Caller().post("/auth/login", body).status_code == 401
    assert bob.get("/auth/profile").status_code == 200
