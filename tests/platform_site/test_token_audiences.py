"""What a token is exchanged for, and the scope that each account route asks for."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

import jwt
import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver
from pytest_django import Settings

from accounts.models import Session, User
from accounts.services.sign_in import session_open
from accounts.tokens import service_token_issue
from platform_site.kit.auth.tokens import verify_user_token
from tests.accounts.callers import PASSWORD, Caller
from tests.forged_tokens import USER_TYPE, signed
from tests.platform_site.roles import PUBLIC

pytestmark = pytest.mark.django_db

ROLES = ("auth", "gateway", "images")
METHODS = ("GET", "POST", "PATCH", "DELETE")
FORM = "application/x-www-form-urlencoded"
TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
ID = re.compile(r"[0-9a-f-]{36}")
PARAMETER = re.compile(r"<[^>]*>")


@pytest.fixture(autouse=True)
def no_upstreams(settings: Settings) -> None:
    settings.UPSTREAMS = {role: f"inprocess:platform_site.urls.{role}" for role in ROLES}


@pytest.fixture
def tokens() -> dict[str, str]:
    """One of each kind that the platform signs, all of them good somewhere."""
    User.objects.create_user("alice@example.com", PASSWORD)
    pair = session_open(email="alice@example.com", password=PASSWORD, device="", address="")
    held = verify_user_token(pair.access, audience="gateway")
    return {
        "": "",
        "held by a person": pair.access,
        "of a person for images": held.token_for("images"),
        "of the gateway for auth": service_token_issue(client_id="gateway", audience="auth"),
        "of the gateway for images": service_token_issue(client_id="gateway", audience="images"),
        "of another role for auth": service_token_issue(client_id="images", audience="auth"),
        "of another role for images": service_token_issue(client_id="auth", audience="images"),
    }


def routes(role: str) -> list[tuple[str, str]]:
    """Method and address of everything that the role serves to those who show a token."""
    found = []
    for pattern in patterns_of(role):
        route = str(pattern.pattern)
        if route not in PUBLIC[role]:
            view: Any = pattern.callback
            found += [(m, address_of(route)) for m in METHODS if hasattr(view.cls, m.lower())]
    return found


def patterns_of(role: str) -> Iterator[URLPattern]:
    """The routes of the role's URLconf, with those that it includes."""
    return _patterns(get_resolver(f"platform_site.urls.{role}").url_patterns)


def _patterns(entries: list[Any]) -> Iterator[URLPattern]:
    for entry in entries:
        if isinstance(entry, URLPattern):
            yield entry
        else:
            yield from _patterns(entry.url_patterns)


def address_of(route: str) -> str:
    """An address of the route; what it names is not there."""
    return f"/{PARAMETER.sub(str(uuid4()), route)}"


@pytest.mark.parametrize("grant", ["client_credentials", TOKEN_EXCHANGE])
def test_what_images_receives_gets_no_other_token(
    settings: Settings, tokens: dict[str, str], grant: str
) -> None:
    settings.ROOT_URLCONF = "platform_site.urls.auth"
    received = tokens["of a person for images"]
    form = {
        "grant_type": grant,
        "audience": "auth",
        "subject_token": received,
        "subject_token_type": "urn:ietf:params:oauth:token-type:access_token",
    }
    shown = {"Authorization": f"Bearer {received}"}
    shown["X-Service-Authorization"] = f"Bearer {tokens['of the gateway for images']}"
    reply = Client(headers=shown).post("/internal/v1/token", urlencode(form), content_type=FORM)
    assert (reply.status_code, reply.json()["code"]) == (401, "invalid_client")
    refresh = Caller().post("/auth/refresh", {"refresh": received[:200]})
    assert (refresh.status_code, refresh.json()["code"]) == (401, "token_invalid")


ACCOUNT_ROUTES = [
    ("GET", "/auth/profile", "account:read"),
    ("PATCH", "/auth/profile", "account:write"),
    ("POST", "/auth/password", "account:write"),
    ("POST", "/auth/email", "account:write"),
    ("POST", "/auth/email/verification", "account:write"),
    ("GET", "/auth/audit", "account:read"),
    ("GET", "/auth/sessions", "account:read"),
    ("DELETE", f"/auth/sessions/{UUID(int=7)}", "account:write"),
    ("GET", "/auth/api-keys", "account:read"),
    ("POST", "/auth/api-keys", "account:write"),
    ("GET", f"/auth/api-keys/{UUID(int=7)}", "account:read"),
    ("DELETE", f"/auth/api-keys/{UUID(int=7)}", "account:write"),
    ("GET", "/auth/factors", "account:read"),
    ("POST", "/auth/factors/otp", "account:write"),
    ("DELETE", "/auth/factors/otp", "account:write"),
    ("POST", "/auth/factors/otp/confirm", "account:write"),
    ("POST", "/auth/factors/recovery-codes", "account:write"),
    ("POST", "/auth/passkeys/options", "account:write"),
    ("POST", "/auth/passkeys", "account:write"),
    ("PATCH", f"/auth/passkeys/{UUID(int=7)}", "account:write"),
    ("DELETE", f"/auth/passkeys/{UUID(int=7)}", "account:write"),
    ("DELETE", f"/auth/remembered-devices/{UUID(int=7)}", "account:write"),
    ("POST", "/auth/reauthenticate/options", "account:write"),
    ("POST", "/auth/reauthenticate", "account:write"),
    ("GET", "/auth/identities", "account:read"),
    ("POST", "/auth/identities/I", "account:write"),
    ("DELETE", "/auth/identities/I", "account:write"),
    ("POST", "/auth/logout-all", "account:write"),
    ("POST", "/auth/logout", ""),
    ("DELETE", "/internal/v1/account", "account:write"),
    ("POST", "/internal/v1/account/export", "account:write"),
    ("POST", "/internal/v1/account/restore", "account:restore"),
]
SCOPES = {"account:read", "account:write", "account:restore", "images:read", "images:write"}


def test_every_account_route_has_its_scope_here() -> None:
    listed = {(method, ID.sub("I", address)) for method, address, _ in ACCOUNT_ROUTES}
    served = {(method, ID.sub("I", address)) for method, address in routes("auth")}
    assert listed == served - {
        ("POST", "/internal/v1/introspect"),
        ("POST", "/internal/v1/api-keys/exchange"),
    }


@pytest.mark.parametrize(("method", "address", "needed"), ACCOUNT_ROUTES)
def test_an_account_is_touched_with_the_scope_only(
    settings: Settings, tokens: dict[str, str], method: str, address: str, needed: str
) -> None:
    settings.ROOT_URLCONF = "platform_site.urls.auth"
    claims = jwt.decode(tokens["held by a person"], options={"verify_signature": False})
    for scope in (SCOPES - {needed}) if needed else ():
        raw = signed(claims, typ=USER_TYPE, scope=scope)
        shown = {"Authorization": f"Bearer {raw}"}
        shown["X-Service-Authorization"] = f"Bearer {tokens['of the gateway for auth']}"
        reply = Client(headers=shown).generic(method, address, content_type="application/json")
        assert (reply.status_code, reply.json()["code"]) == (403, "permission_denied"), scope
    assert Session.objects.filter(revoked_at=None).count() == 1
