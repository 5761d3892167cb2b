"""gateway/urls.py: who may come in, walked route by route."""

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)
from django.test import Client
from django.urls import URLPattern

from gateway.urls import urlpatterns
from platform_site.kit.auth.revocations import session_revoke
from tests.gateway.documents import usage
from tests.gateway.people import (
    Person,
    claims_of,
    signed,
    signed_with_public_key,
    signing_key,
    unsigned,
)
from tests.gateway.provider import Answer, Provider

NOBODYS = UUID(int=7)
PUBLIC = {"/api/v1/status", "/api/v1/schema", "/api/v1/docs"}
METHODS = ("get", "post", "put", "patch", "delete")


def path_of(pattern: URLPattern) -> str:
    return "/" + re.sub(r"<uuid:\w+>", str(NOBODYS), str(pattern.pattern))


ROUTES = [
    (method.upper(), path_of(pattern))
    for pattern in urlpatterns
    for method in METHODS
    if hasattr(getattr(pattern.callback, "cls", None), method)
]
PROTECTED = [(method, path) for method, path in ROUTES if path not in PUBLIC]


def public_pem() -> bytes:
    private = load_pem_private_key(signing_key()["private_pem"].encode(), None)
    return private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def stranger_signed(claims: dict[str, Any]) -> str:
    import jwt  # noqa: PLC0415 - only here is a key made

    key = ec.generate_private_key(ec.SECP256R1())
    headers = {"kid": signing_key()["kid"], "typ": "at+jwt"}
    return jwt.encode(claims, key, algorithm="ES256", headers=headers)


ALICE = uuid4()
ABUSES: dict[str, Callable[[], str]] = {
    "alg none": lambda: unsigned(claims_of(ALICE)),
    "HS256 with the public key": lambda: signed_with_public_key(claims_of(ALICE), public_pem()),
    "another issuer": lambda: signed(claims_of(ALICE, iss="evil")),
    "another audience": lambda: signed(claims_of(ALICE, aud="images")),
    "no audience": lambda: signed({**claims_of(ALICE), "aud": None}),
    "another type": lambda: signed(claims_of(ALICE), typ="JWT"),
    "a refresh token": lambda: signed(claims_of(ALICE), typ="rt+jwt"),
    "a service token": lambda: signed(claims_of(ALICE, aud="gateway"), typ="svc+jwt"),
    "expired": lambda: signed(claims_of(ALICE, exp=1_000_000_000)),
    "not yet": lambda: signed(claims_of(ALICE, nbf=4_000_000_000)),
    "without an end": lambda: signed(
        {name: value for name, value in claims_of(ALICE).items() if name != "exp"}
    ),
    "without a session": lambda: signed(
        {name: value for name, value in claims_of(ALICE).items() if name != "sid"}
    ),
    "a subject that is no id": lambda: signed(claims_of(ALICE, sub="admin")),
    "a stranger's key": lambda: stranger_signed(claims_of(ALICE)),
    "nonsense": lambda: "nonsense",
    "two dots": lambda: "..",
}


def test_there_are_as_many_operations_as_the_contract_names() -> None:
    assert len(ROUTES) == 26
    assert len(PROTECTED) == 23


@pytest.mark.parametrize(("method", "path"), PROTECTED)
def test_charlie_is_refused_everywhere(provider: Provider, method: str, path: str) -> None:
    reply = Client().generic(method, path)
    assert (reply.status_code, reply["Content-Type"]) == (401, "application/problem+json")
    assert reply.json()["code"] == "not_authenticated"
    assert reply["WWW-Authenticate"] == "Bearer"
    assert provider.received == []


@pytest.mark.parametrize(("method", "path"), PROTECTED)
def test_a_token_without_the_scope_is_refused_everywhere(
    provider: Provider, alice: Person, method: str, path: str
) -> None:
    other = "images:write" if method == "GET" else "images:read"
    headers = {"Authorization": f"Bearer {alice.token(scope=other)}"}
    reply = Client().generic(method, path, headers=headers)
    assert (reply.status_code, reply.json()["code"]) == (403, "permission_denied")
    assert provider.received == []


@pytest.mark.parametrize("abuse", list(ABUSES))
@pytest.mark.parametrize("path", ["/api/v1/usage", "/api/v1/status"])
def test_an_abused_token_is_a_401(provider: Provider, abuse: str, path: str) -> None:
    provider.on("GET", "/internal/v1/usage", Answer(200, usage()))
    reply = Client().get(path, headers={"Authorization": f"Bearer {ABUSES[abuse]()}"})
    assert reply.status_code == 401
    assert reply.json()["code"] == ("token_expired" if abuse == "expired" else "token_invalid")
    assert provider.received == []


def test_the_same_claims_in_order_are_taken(provider: Provider) -> None:
    provider.on("GET", "/internal/v1/usage", Answer(200, usage()))
    inner = signed(claims_of(ALICE, aud="images"))
    for held, status in (({"role_tokens": {"images": inner}}, 200), ({}, 401)):
        headers = {"Authorization": f"Bearer {signed(claims_of(ALICE, **held))}"}
        assert Client().get("/api/v1/usage", headers=headers).status_code == status


@pytest.mark.parametrize("header", ["Basic YTpi", "Bearer", "Bearer ", "token x"])
def test_another_scheme_is_a_401(provider: Provider, header: str) -> None:
    reply = Client().get("/api/v1/usage", headers={"Authorization": header})
    assert (reply.status_code, reply.json()["code"]) == (401, "token_invalid")
    assert provider.received == []


def test_an_ended_session_is_refused_at_once(
    provider: Provider, alice: Person, as_alice: Client
) -> None:
    provider.on("GET", "/internal/v1/usage", Answer(200, usage()))
    assert as_alice.get("/api/v1/usage").status_code == 200
    session_revoke(session_id=alice.session_id, ttl_s=600)
    reply = as_alice.get("/api/v1/usage")
    assert (reply.status_code, reply.json()["code"]) == (401, "token_revoked")


@pytest.mark.parametrize("path", ["/api/v1/images/not-a-uuid", "/api/v1/nothing", "/internal/v1/x"])
def test_what_is_not_there_is_a_problem_too(as_alice: Client, path: str) -> None:
    reply = as_alice.get(path)
    assert (reply.status_code, reply["Content-Type"]) == (404, "application/problem+json")


def test_another_method_is_a_405(provider: Provider, as_alice: Client) -> None:
    reply = as_alice.put("/api/v1/images", {}, content_type="application/json")
    assert (reply.status_code, reply.json()["code"]) == (405, "method_not_allowed")
    assert provider.received == []
