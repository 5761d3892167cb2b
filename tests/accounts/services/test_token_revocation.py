from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.models import ApiKey, Session, User
from accounts.services.api_keys import api_key_create
from accounts.services.introspection import token_introspect
from accounts.tokens import access_token_issue, service_token_issue
from platform_site.kit.auth.api_keys import api_key_new
from tests.accounts.callers import Caller, signed_in

FORM = "application/x-www-form-urlencoded"


def revoke(token: str, **more: str) -> tuple[int, str]:
    body = urlencode({"token": token, **more})
    reply = Client().post("/auth/revoke", body, content_type=FORM)
    return reply.status_code, reply.json()["code"] if reply.status_code != 200 else ""


@pytest.mark.parametrize("hint", ["", "access_token", "refresh_token", "pin_code"])
@pytest.mark.parametrize("kind", ["access", "refresh"])
def test_a_token_ends_its_session_whatever_the_hint(
    alice_user: User, bob: Caller, hint: str, kind: str
) -> None:
    here, there = signed_in(alice_user), signed_in(alice_user)
    assert token_introspect(raw=here.refresh)["active"] is True
    more = {"token_type_hint": hint} if hint else {}
    assert revoke(getattr(here, kind), **more, client_id="a client of theirs") == (200, "")
    for raw in (here.access, here.refresh):
        assert token_introspect(raw=raw) == {"active": False}
        assert revoke(raw) == (200, "")
    assert here.get("/auth/profile").json()["code"] == "token_revoked"
    assert there.get("/auth/profile").status_code == bob.get("/auth/profile").status_code == 200


def test_a_key_ends_itself(alice_user: User) -> None:
    key, text = api_key_create(
        user_id=alice_user.id,
        name="k",
        scopes=["jobs", "account"],
        expires_at=timezone.now() + timedelta(days=1),
        addresses=[],
    )
    told = token_introspect(raw=text)
    assert told["active"] is True
    assert (told["sub"], told["sid"]) == (str(alice_user.id), str(key.id))
    assert (told["scope"], told["token_type"]) == ("jobs account", "Bearer")
    assert told["exp"] - told["iat"] in {86399, 86400}
    assert revoke(text) == (200, "")
    assert token_introspect(raw=text) == {"active": False}
    assert ApiKey.objects.get().revoked_at is not None


def test_what_is_worth_nothing_is_revoked_already(alice: Caller, alice_user: User) -> None:
    expired = access_token_issue(user=alice_user, session_id=Session.objects.get().id, lifetime_s=1)
    Session.objects.update(created_at=timezone.now())
    for raw in ("noise", "a.b.c", api_key_new(), "ip_live_noise", alice.refresh[:-2] + "AA"):
        assert revoke(raw) == (200, "")
    assert expired
    assert alice.get("/auth/profile").status_code == 200


def test_a_service_token_cannot_be_revoked(db: None) -> None:
    for role in ("auth", "images"):
        raw = service_token_issue(client_id="gateway", audience=role)
        assert revoke(raw) == (400, "unsupported_token_type")


def test_a_refresh_token_that_was_used_ends_its_session_and_is_not_active(
    alice: Caller, settings: Settings
) -> None:
    successor = alice.post("/auth/refresh", {"refresh": alice.refresh}).json()["refresh"]
    assert token_introspect(raw=alice.refresh) == {"active": False}
    assert token_introspect(raw=successor)["active"] is True
    assert revoke(alice.refresh) == (200, "")
    assert token_introspect(raw=successor) == {"active": False}


def test_nothing_is_asked_without_a_token(db: None) -> None:
    assert revoke("") == (400, "invalid")
    json = Client().post("/auth/revoke", {"token": "x"}, content_type="application/json")
    assert json.status_code == 415
