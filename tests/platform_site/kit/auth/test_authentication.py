from collections.abc import Iterator
from typing import Any, cast

import pytest
from django.core.cache import caches
from django.test import Client
from django.urls import path
from pytest_django import Settings
from redis.exceptions import ConnectionError as RedisConnectionError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from platform_site.kit.auth.authentication import ServiceAuthentication, ServiceOnlyAuthentication
from platform_site.kit.auth.revocations import session_revoke
from platform_site.kit.auth.tokens import ServicePrincipal
from platform_site.kit.rest.rate_limits import client_address
from tests.platform_site.kit.token_issuer import AUDIENCE, Issuer

written: list[str] = []


class Personal(APIView):
    audience = AUDIENCE
    callers = frozenset({"gateway"})

    def get(self, request: Request) -> Response:
        return Response({"id": request.user.id}, headers={"Seen": client_address(request)})

    def post(self, request: Request) -> Response:
        written.append(str(request.user.id))
        return Response(status=204)


class BothTokens(Personal):
    authentication_classes = [ServiceAuthentication]


class RoleOnly(APIView):
    audience = AUDIENCE
    callers = frozenset({"gateway"})
    authentication_classes = [ServiceOnlyAuthentication]

    def get(self, request: Request) -> Response:
        role = cast("ServicePrincipal", request.user)
        return Response({"client": role.client_id})


urlpatterns = [
    path("personal", Personal.as_view()),
    path("both", BothTokens.as_view()),
    path("role", RoleOnly.as_view()),
]


@pytest.fixture(autouse=True)
def routes(settings: Settings) -> Iterator[None]:
    settings.ROOT_URLCONF = __name__
    yield
    written.clear()


def bearer(raw: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {raw}"}


def of_role(raw: str) -> dict[str, str]:
    return {"X-Service-Authorization": f"Bearer {raw}"}


def test_alice_is_known_by_her_token(issuer: Issuer, client: Client) -> None:
    reply = client.get("/personal", headers=bearer(issuer.access()))
    assert (reply.status_code, reply.json()) == (200, {"id": str(issuer.subject)})


def test_the_scheme_is_compared_without_case(issuer: Issuer, client: Client) -> None:
    headers = {"Authorization": f"bearer  {issuer.access()} "}
    assert client.get("/personal", headers=headers).status_code == 200


def test_charlie_is_asked_to_sign_in(issuer: Issuer, client: Client) -> None:
    for address in ("/personal", "/both", "/role"):
        reply = client.get(address)
        assert (reply.status_code, reply.json()["code"]) == (401, "not_authenticated")
        assert reply["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("header", ["Basic YTpi", "Bearer", "Bearer ", "token"])
def test_a_header_of_another_form_is_refused(issuer: Issuer, client: Client, header: str) -> None:
    reply = client.get("/personal", headers={"Authorization": header})
    assert (reply.status_code, reply.json()["code"]) == (401, "token_invalid")


def test_a_bad_token_is_told_from_an_expired_one(issuer: Issuer, client: Client) -> None:
    for raw, code in ((issuer.access(exp=1), "token_expired"), ("a.b.c", "token_invalid")):
        reply = client.get("/personal", headers=bearer(raw))
        assert (reply.status_code, reply.json()["code"]) == (401, code)
        assert reply["WWW-Authenticate"] == f'Bearer error="{code}"'


def test_an_ended_session_is_refused(issuer: Issuer, client: Client) -> None:
    raw = issuer.access()
    assert client.get("/personal", headers=bearer(raw)).status_code == 200
    session_revoke(session_id=issuer.session, ttl_s=600)
    for reply in (
        client.get("/personal", headers=bearer(raw)),
        client.post("/personal", headers=bearer(raw)),
    ):
        assert (reply.status_code, reply.json()["code"]) == (401, "token_revoked")
    assert written == []


def test_a_token_is_refused_for_its_time_of_issue(issuer: Issuer, client: Client) -> None:
    earlier, later = issuer.access(iat=1_700_000_000), issuer.access(iat=1_700_000_001)
    session_revoke(session_id=issuer.session, ttl_s=600, issued_until=1_700_000_000)
    statuses = [
        client.get("/personal", headers=bearer(raw)).status_code for raw in (earlier, later)
    ]
    assert statuses == [401, 200]


def test_without_the_deny_list_reads_go_on_and_writes_wait(
    issuer: Issuer, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dead(*_arguments: Any) -> None:
        raise RedisConnectionError("nobody listens")

    headers = bearer(issuer.access())
    with monkeypatch.context() as outage:
        outage.setattr(caches["revocations"], "get", dead)
        assert client.get("/personal", headers=headers).status_code == 200
        refused = client.post("/personal", headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (503, "revocation_unknown")
    assert refused["Retry-After"] == "1"
    assert written == []


def test_both_tokens_are_needed(issuer: Issuer, client: Client) -> None:
    person, role = bearer(issuer.access()), of_role(issuer.service())
    assert client.get("/both", headers={**person, **role}).json() == {"id": str(issuer.subject)}
    for headers in (person, role):
        reply = client.get("/both", headers=headers)
        assert (reply.status_code, reply.json()["code"]) == (401, "not_authenticated")


def test_the_roles_token_must_be_for_this_role(issuer: Issuer, client: Client) -> None:
    person = bearer(issuer.access())
    for raw in (issuer.service(audience="auth"), issuer.access()):
        reply = client.get("/both", headers={**person, **of_role(raw)})
        assert (reply.status_code, reply.json()["code"]) == (401, "token_invalid")


def test_a_role_alone_is_known_by_its_token(issuer: Issuer, client: Client) -> None:
    reply = client.get("/role", headers=of_role(issuer.service()))
    assert reply.json() == {"client": "gateway"}


@pytest.mark.parametrize(
    ("told", "believed"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:DB8::9", "2001:db8::9"),
        ("", "127.0.0.1"),
        ("a word", "127.0.0.1"),
        ("203.0.113.9, 6.6.6.6", "127.0.0.1"),
    ],
)
def test_whom_a_role_calls_for_is_believed_of_a_role_alone(
    issuer: Issuer, client: Client, told: str, believed: str
) -> None:
    persons = {**bearer(issuer.access()), "X-Client-Address": told}
    assert client.get("/personal", headers=persons)["Seen"] == "127.0.0.1"
    both = {**persons, **of_role(issuer.service())}
    assert client.get("/personal", headers=both)["Seen"] == "127.0.0.1"
    assert client.get("/both", headers=both)["Seen"] == believed


def test_tokens_in_each_others_places_are_refused(issuer: Issuer, client: Client) -> None:
    assert client.get("/personal", headers=bearer(issuer.service())).status_code == 401
    assert client.get("/role", headers=of_role(issuer.access())).status_code == 401
    assert client.get("/role", headers=bearer(issuer.service())).status_code == 401
