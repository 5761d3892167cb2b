"""accounts/api/api_keys.py: a person's keys; and what the gateway is told of one."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.models import ApiKey, Session, User
from accounts.tokens import service_token_issue
from platform_site.kit.auth.api_keys import api_key_new, is_api_key
from platform_site.kit.auth.tokens import verify_user_token
from tests.accounts.callers import PASSWORD, Caller

KEYS = "/auth/api-keys"
BODY = {"name": "Cron", "scopes": ["images:read", "jobs"]}


def exchanged(raw: str, address: str = "192.0.2.7") -> Any:
    service = service_token_issue(client_id="gateway", audience="auth")
    reply = Client(headers={"X-Service-Authorization": f"Bearer {service}"}).post(
        "/internal/v1/api-keys/exchange",
        urlencode({"key": raw, "address": address}),
        content_type="application/x-www-form-urlencoded",
    )
    assert reply.status_code == 200, reply.content
    return reply.json()


def test_a_key_is_shown_once_and_kept_nowhere(alice: Caller, bob: Caller) -> None:
    reply = alice.post(KEYS, BODY)
    made = reply.json()
    assert (reply.status_code, is_api_key(made["key"])) == (201, True)
    assert made["key"].startswith(made["prefix"])
    row = ApiKey.objects.get()
    assert made["key"] not in str(vars(row))
    assert row.digest not in reply.content.decode()
    told = {name: value for name, value in made.items() if name != "key"}
    assert told["scopes"] == ["images:read", "jobs"]
    assert (told["addresses"], told["expires_at"], told["last_used_at"]) == ([], None, None)
    assert alice.get(KEYS).json() == {"results": [told], "next": None, "previous": None}
    assert alice.get(f"{KEYS}/{made['id']}").json() == told
    assert bob.get(KEYS).json()["results"] == []


def test_a_key_is_made_by_who_has_just_shown_who_they_are(alice: Caller) -> None:
    Session.objects.update(authenticated_at=timezone.now() - timedelta(seconds=301))
    reply = alice.post(KEYS, BODY)
    assert (reply.status_code, reply.json()["code"]) == (403, "reauthentication_required")
    assert not ApiKey.objects.exists()


def test_bob_cannot_tell_alices_key_from_none(alice: Caller, bob: Caller) -> None:
    made = alice.post(KEYS, BODY).json()
    for method in ("GET", "DELETE"):
        replies = [bob.send(method, f"{KEYS}/{one}") for one in (made["id"], UUID(int=7))]
        assert [reply.status_code for reply in replies] == [404, 404]
        assert [reply.json()["code"] for reply in replies] == ["api_key_not_found"] * 2
    assert exchanged(made["key"])["active"] is True


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"scopes": []}, "/scopes"),
        ({"scopes": ["account:write"]}, "/scopes/0"),
        ({"name": ""}, "/name"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, "/expires_at"),
        ({"addresses": ["here"]}, "/addresses/0"),
        ({"addresses": ["192.0.2.0/33"]}, "/addresses/0"),
        ({"addresses": ["192.0.2.1"] * 21}, "/addresses"),
        ({"key": api_key_new()}, "/key"),
    ],
)
def test_what_a_key_cannot_be_is_said_where(
    alice: Caller, changes: dict[str, Any], pointer: str
) -> None:
    reply = alice.post(KEYS, {**BODY, **changes})
    assert reply.status_code == 400
    assert [error["pointer"] for error in reply.json()["errors"]] == [pointer]
    assert not ApiKey.objects.exists()


def test_an_account_has_fifty_and_makes_sixty_an_hour(
    alice: Caller, alice_user: User, settings: Settings
) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"api_keys": (2, 3600)}
    ApiKey.objects.bulk_create(
        ApiKey(user=alice_user, name="x", digest=str(number), scopes="jobs") for number in range(49)
    )
    replies = [alice.post(KEYS, BODY) for _ in range(3)]
    assert [reply.status_code for reply in replies] == [201, 409, 429]
    assert replies[1].json()["code"] == "api_keys_full"


def test_the_gateway_is_told_of_a_live_key(alice: Caller, alice_user: User) -> None:
    made = alice.post(KEYS, {**BODY, "addresses": ["192.0.2.9/24", "2001:db8::1"]}).json()
    assert made["addresses"] == ["192.0.2.0/24", "2001:db8::1/128"]
    told = exchanged(made["key"])
    assert told | {"token": ""} == {
        "active": True,
        "key_id": made["id"],
        "scopes": ["images:read", "jobs"],
        "addresses": made["addresses"],
        "expires_in": 300,
        "token": "",
    }
    principal = verify_user_token(told["token"], audience="gateway")
    assert (principal.owner_id, str(principal.key_id)) == (alice_user.id, made["id"])
    assert principal.scopes == {"images:read", "jobs"}
    behind = verify_user_token(principal.token_for("images"), audience="images")
    assert behind.scopes == {"images:read", "jobs"}
    assert str(behind.session_id) == made["id"]


def test_of_any_other_it_is_told_nothing(alice: Caller) -> None:
    made = alice.post(KEYS, BODY).json()
    assert exchanged(api_key_new()) == {"active": False}
    assert exchanged(made["key"][:-1] + "!"[:0] + ("a" if made["key"][-1] != "a" else "b")) == {
        "active": False
    }
    assert alice.send("DELETE", f"{KEYS}/{made['id']}").status_code == 204
    assert exchanged(made["key"]) == {"active": False}
    assert alice.send("DELETE", f"{KEYS}/{made['id']}").status_code == 404


def test_a_key_does_not_outlive_its_day(alice: Caller) -> None:
    soon = timezone.now() + timedelta(seconds=100)
    made = alice.post(KEYS, {**BODY, "expires_at": soon.isoformat()}).json()
    assert 90 <= exchanged(made["key"])["expires_in"] <= 100
    ApiKey.objects.update(expires_at=timezone.now())
    assert exchanged(made["key"]) == {"active": False}
    assert alice.get(KEYS).json()["results"] == []


def test_a_key_opens_no_route_of_the_account_but_the_profile(alice: Caller) -> None:
    scopes = ["images:read", "images:write", "jobs", "account"]
    made = alice.post(KEYS, {"name": "All", "scopes": scopes}).json()
    token = exchanged(made["key"])["token"]
    program = Caller(access=token)
    assert program.get("/auth/profile").json()["name"] == "Alice"
    closed = [
        ("PATCH", "/auth/profile", {"name": "Eve"}),
        ("POST", "/auth/password", {"current": PASSWORD, "new": "another long password"}),
        ("GET", "/auth/sessions", None),
        ("DELETE", f"/auth/sessions/{made['id']}", None),
        ("GET", KEYS, None),
        ("POST", KEYS, BODY),
        ("DELETE", f"{KEYS}/{made['id']}", None),
        ("POST", "/auth/logout-all", None),
        ("POST", "/auth/logout", None),
    ]
    for method, path, body in closed:
        assert program.send(method, path, body).status_code in {401, 403}, path
    # The key itself is taken by the gateway alone.
    assert Caller(access=made["key"]).get("/auth/profile").json()["code"] == "token_invalid"
    narrow = alice.post(KEYS, BODY).json()
    assert Caller(access=exchanged(narrow["key"])["token"]).get("/auth/profile").status_code == 403
    ApiKey.objects.update(revoked_at=timezone.now())
    assert program.get("/auth/profile").json()["code"] == "token_revoked"
