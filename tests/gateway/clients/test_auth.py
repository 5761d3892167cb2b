"""gateway/clients/auth.py: what is asked of auth, and as whom."""

import json
from datetime import UTC, datetime

import pytest

from gateway.clients import auth
from gateway.errors import Refused
from platform_site.kit.auth.tokens import Principal
from tests.gateway.documents import NOW, profile
from tests.gateway.provider import Answer, Provider

ACCOUNT = "/internal/v1/account"


def test_the_profile_is_asked_for_with_the_persons_own_token(
    provider: Provider, principal: Principal
) -> None:
    provider.on("GET", "/auth/profile", Answer(200, profile()))
    assert json.loads(auth.profile_of(principal=principal)) == profile()
    [request] = provider.asked("GET", "/auth/profile")
    assert request.header("Authorization") == f"Bearer {principal.token}"
    assert request.header("X-Service-Authorization") is None


def test_an_account_is_closed_with_the_password_and_both_tokens(
    provider: Provider, principal: Principal
) -> None:
    closed = {"deletes_at": NOW, "images_token": "made-for-it"}
    provider.on("DELETE", ACCOUNT, Answer(202, closed))
    found = auth.account_close(principal=principal, password="p")
    assert found.deletes_at == datetime(2026, 11, 23, 12, tzinfo=UTC)
    assert found.images_token == "made-for-it"
    [request] = provider.asked("DELETE", ACCOUNT)
    assert json.loads(request.body) == {"password": "p"}
    assert request.header("X-Service-Authorization") == "Bearer svc-1"


def test_an_account_is_restored(provider: Provider, principal: Principal) -> None:
    provider.on("POST", f"{ACCOUNT}/restore", Answer(200, {"images_token": "made-for-it"}))
    assert auth.account_restore(principal=principal).images_token == "made-for-it"


def test_an_auth_that_is_not_ready_says_so(provider: Provider) -> None:
    provider.refuse("GET", "/readyz", 503, "not_ready")
    with pytest.raises(Refused):
        auth.readiness_check()
