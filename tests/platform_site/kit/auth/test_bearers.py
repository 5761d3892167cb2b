from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.test import RequestFactory
from rest_framework.request import Request

from platform_site.kit.auth import bearers
from platform_site.kit.auth.authentication import UserAuthentication
from platform_site.kit.auth.bearers import BearerKind, bearer_kind, bearer_register
from platform_site.kit.auth.tokens import Principal, TokenInvalid

PRINCIPAL = Principal(uuid4(), uuid4(), frozenset(), is_staff=False, token="t", is_key=True)


@pytest.fixture(autouse=True)
def coins() -> Iterator[None]:
    """The audience "till" takes coins."""
    bearer_register("till", BearerKind("coin_", lambda _raw, _request: PRINCIPAL))
    yield
    del bearers._kinds["till"]


def shown(raw: str, audience: str) -> Any:
    request = Request(RequestFactory().get("/", headers={"Authorization": f"Bearer {raw}"}))
    request.parser_context = {"view": SimpleNamespace(audience=audience)}
    return UserAuthentication().authenticate(request)


def test_a_bearer_is_exchanged_where_its_kind_is_taken() -> None:
    assert shown("coin_1", "till") == (PRINCIPAL, None)
    assert bearer_kind("coin_1", audience="elsewhere") is None


@pytest.mark.parametrize(("raw", "audience"), [("coin_1", "elsewhere"), ("note_1", "till")])
def test_everything_else_is_verified_as_a_token(raw: str, audience: str) -> None:
    with pytest.raises(TokenInvalid):
        shown(raw, audience)


def test_a_key_owns_what_its_person_does() -> None:
    assert (PRINCIPAL.owner_id, PRINCIPAL.key_id) == (PRINCIPAL.id, PRINCIPAL.session_id)
