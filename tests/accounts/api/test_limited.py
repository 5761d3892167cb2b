"""Every route as Charlie, who is anonymous, meets it."""

from uuid import UUID

import pytest
from django.urls import URLPattern
from rest_framework.permissions import AllowAny
from rest_framework.views import APIView

from accounts import internal_urls, urls
from accounts.api.limited import AddressLimitedView
from accounts.models import Session, User
from tests.accounts.callers import Caller
from tests.platform_site.roles import PUBLIC

SESSION = f"/auth/sessions/{UUID(int=7)}"
NEEDS_TOKEN = [
    ("POST", "/auth/logout"),
    ("POST", "/auth/logout-all"),
    ("GET", "/auth/profile"),
    ("PATCH", "/auth/profile"),
    ("POST", "/auth/password"),
    ("POST", "/auth/email"),
    ("POST", "/auth/email/verification"),
    ("GET", "/auth/sessions"),
    ("DELETE", SESSION),
    ("GET", "/auth/audit"),
    ("GET", "/auth/api-keys"),
    ("POST", "/auth/api-keys"),
    ("DELETE", f"/auth/api-keys/{UUID(int=7)}"),
    ("POST", "/internal/v1/api-keys/exchange"),
    ("POST", "/internal/v1/introspect"),
    ("DELETE", "/internal/v1/account"),
    ("POST", "/internal/v1/account/restore"),
    ("POST", "/internal/v1/account/export"),
]
ROUTES: list[URLPattern] = [*urls.urlpatterns, *internal_urls.urlpatterns]


def view_class(route: URLPattern) -> type[APIView]:
    found: type[APIView] = route.callback.cls  # type: ignore[attr-defined]  # set by as_view()
    return found


@pytest.mark.parametrize(("method", "path"), NEEDS_TOKEN)
def test_without_a_token_the_route_is_closed(
    charlie: Caller, alice: Caller, method: str, path: str
) -> None:
    reply = charlie.send(method, path, {})
    assert (reply.status_code, reply.json()["code"]) == (401, "not_authenticated")
    assert reply.headers["Content-Type"] == "application/problem+json"
    assert reply.headers["WWW-Authenticate"] == "Bearer"
    assert User.objects.count() == 1
    assert Session.objects.get().revoked_at is None


@pytest.mark.parametrize(("method", "path"), NEEDS_TOKEN)
def test_basic_credentials_are_no_token(charlie: Caller, method: str, path: str) -> None:
    reply = charlie.send(method, path, {}, Authorization="Basic YTpi")
    assert reply.status_code == 401


def test_the_open_routes_are_exactly_these_and_each_is_limited() -> None:
    views = {str(route.pattern): view_class(route) for route in ROUTES}
    open_views = {path for path, view in views.items() if AllowAny in view.permission_classes}
    limited = {path for path, view in views.items() if issubclass(view, AddressLimitedView)}
    assert open_views == limited == PUBLIC["auth"]


@pytest.mark.parametrize("path", sorted(PUBLIC["auth"]))
def test_the_open_routes_tell_their_limit(charlie: Caller, path: str) -> None:
    method = "GET" if path.endswith((".json", "-options", "callback")) else "POST"
    path = path.replace("<slug:provider>", "acme")
    reply = charlie.send(method, f"/{path}", None if method == "GET" else {})
    assert reply.headers["RateLimit-Policy"].startswith('"')
    assert ";r=" in reply.headers["RateLimit"]


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/auth/login"), ("PUT", "/auth/register"), ("POST", "/.well-known/jwks.json")],
)
def test_another_method_is_refused(charlie: Caller, method: str, path: str) -> None:
    reply = charlie.send(method, path)
    assert (reply.status_code, reply.json()["code"]) == (405, "method_not_allowed")
