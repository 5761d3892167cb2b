from collections.abc import Mapping
from typing import Any

import jwt
import pytest
from pytest_django import Settings
from rest_framework_simplejwt.tokens import RefreshToken as SimpleJwtRefreshToken

from accounts.models import Session, User
from accounts.signing_keys import current_keyset
from accounts.tokens import (
    access_token_claims,
    access_token_issue,
    service_token_issue,
)
from platform_site.kit.auth.tokens import (
    TokenExpired,
    TokenInvalid,
    verify_service_token,
    verify_user_token,
)
from platform_site.kit.identifiers import uuid7
from tests.accounts.callers import Caller
from tests.forged_tokens import USER_FORGERIES, USER_TYPE, expired
from tests.forged_tokens import signed as any_signed

USER = User(email="alice@example.com")


def claims_of(alice: Caller) -> dict[str, Any]:
    return dict(jwt.decode(alice.access, options={"verify_signature": False}))


def signed(claims: Mapping[str, Any], *, typ: str = USER_TYPE, **changes: Any) -> str:
    return any_signed(claims, typ=typ, **changes)


@pytest.mark.parametrize("forgery", USER_FORGERIES)
def test_a_forged_token_opens_nothing(alice: Caller, forgery: str) -> None:
    token = USER_FORGERIES[forgery](claims_of(alice))
    reply = Caller(access=token).get("/auth/profile")
    assert (reply.status_code, reply.json()["code"]) == (401, "token_invalid")
    assert reply.headers["WWW-Authenticate"].startswith("Bearer")


def test_the_same_claims_signed_properly_do_open(alice: Caller) -> None:
    assert Caller(access=signed(claims_of(alice))).get("/auth/profile").status_code == 200


def test_an_expired_token_is_told_so(alice: Caller) -> None:
    token = expired(claims_of(alice), typ=USER_TYPE)
    reply = Caller(access=token).get("/auth/profile")
    assert (reply.status_code, reply.json()["code"]) == (401, "token_expired")
    with pytest.raises(TokenExpired):
        access_token_claims(token)


def test_a_refresh_token_is_not_an_access_token(alice: Caller) -> None:
    reply = Caller(access=alice.refresh).get("/auth/profile")
    assert (reply.status_code, reply.json()["code"]) == (401, "token_invalid")


def test_a_service_token_is_not_a_users_token(alice: Caller) -> None:
    for audience in ("auth", "platform"):
        token = service_token_issue(client_id=claims_of(alice)["sub"], audience=audience)
        reply = Caller(access=token).get("/auth/profile")
        assert (reply.status_code, reply.json()["code"]) == (401, "token_invalid")


def test_an_access_token_is_not_a_refresh_token(alice: Caller) -> None:
    reply = Caller().post("/auth/refresh", {"refresh": alice.access[:200]})
    assert (reply.status_code, reply.json()["code"]) == (401, "token_invalid")
    assert Session.objects.filter(revoked_at=None).count() == 1


def test_a_refresh_token_that_we_did_not_seal_refreshes_nothing(alice: Caller) -> None:
    last = alice.refresh[-1]  # only two of its bits count, and these four letters are all there are
    other = next(letter for letter in "AQgw" if letter != last)
    for forged in (alice.refresh[:-1] + other, "x" * len(alice.refresh)):
        reply = Caller().post("/auth/refresh", {"refresh": forged})
        assert (reply.status_code, reply.json()["code"]) == (401, "token_invalid")
    assert Caller().post("/auth/refresh", {"refresh": alice.refresh}).status_code == 200


def test_an_access_token_says_who_for_whom_and_how_long(settings: Settings) -> None:
    session_id = uuid7()
    raw = access_token_issue(user=USER, session_id=session_id)
    header = jwt.get_unverified_header(raw)
    assert header == {
        "alg": "ES256",
        "typ": "at+jwt",
        "kid": current_keyset().signer().kid,
    }
    claims = jwt.decode(raw, options={"verify_signature": False})
    assert claims["exp"] - claims["iat"] == 600
    assert claims["nbf"] == claims["iat"]
    assert claims["iss"] == settings.TOKEN_ISSUER
    assert claims["aud"] == ["gateway", "auth"]
    assert claims["sub"] == str(USER.id)
    assert claims["sid"] == str(session_id)
    assert claims["scope"] == "account:read account:write account:restore images:read images:write"
    assert claims["staff"] is False
    assert len(claims["jti"]) == 32


def test_it_holds_a_token_for_images_that_is_worth_less_and_ends_with_it() -> None:
    session_id = uuid7()
    raw = access_token_issue(user=User(email="s@example.com", is_staff=True), session_id=session_id)
    claims = jwt.decode(raw, options={"verify_signature": False})
    inner = jwt.decode(claims["role_tokens"]["images"], options={"verify_signature": False})
    assert (inner["aud"], inner["scope"]) == ("images", "images:read images:write")
    assert (inner["sub"], inner["sid"]) == (claims["sub"], str(session_id))
    assert inner["exp"] <= claims["exp"]
    assert not {"staff", "role_tokens"} & set(inner)
    assert len(raw) < 1_500  # it travels with every request


def test_staff_may_also_see_the_platform() -> None:
    staff = User(email="s@example.com", is_staff=True)
    principal = verify_user_token(
        access_token_issue(user=staff, session_id=uuid7()), audience="gateway"
    )
    assert principal.is_staff is True
    assert "platform:read" in principal.scopes


def test_every_role_can_verify_what_is_signed_here() -> None:
    session_id = uuid7()
    principal = verify_user_token(
        access_token_issue(user=USER, session_id=session_id), audience="gateway"
    )
    assert (principal.id, principal.session_id) == (USER.id, session_id)
    service = verify_service_token(
        service_token_issue(client_id="gateway", audience="images"), audience="images"
    )
    assert service.client_id == "gateway"


def test_a_service_token_is_for_one_role_only() -> None:
    token = service_token_issue(client_id="gateway", audience="images")
    with pytest.raises(TokenInvalid):
        verify_service_token(token, audience="auth")


def test_a_service_token_outlives_a_users_by_the_time_between_two_renewals(
    settings: Settings,
) -> None:
    settings.ACCESS_TOKEN_LIFETIME_S = 100
    claims = jwt.decode(
        service_token_issue(client_id="gateway", audience="images"),
        options={"verify_signature": False},
    )
    assert claims["exp"] - claims["iat"] == 400


def test_no_two_tokens_share_an_id() -> None:
    session_id = uuid7()
    tokens = [access_token_issue(user=USER, session_id=session_id) for _ in range(3)]
    ids = {jwt.decode(raw, options={"verify_signature": False})["jti"] for raw in tokens}
    assert len(ids) == 3


def test_the_lifetime_is_read_when_a_token_is_made(settings: Settings) -> None:
    settings.ACCESS_TOKEN_LIFETIME_S = 7
    claims = access_token_claims(access_token_issue(user=USER, session_id=uuid7()))
    assert claims["exp"] - claims["iat"] == 7


@pytest.mark.parametrize("typ", ["JWT", "svc+jwt"])
def test_the_type_in_the_header_counts_here_too(typ: str) -> None:
    raw = access_token_issue(user=USER, session_id=uuid7())
    claims = jwt.decode(raw, options={"verify_signature": False})
    assert access_token_claims(signed(claims)) == claims
    with pytest.raises(TokenInvalid):
        access_token_claims(signed(claims, typ=typ))


def test_a_refresh_token_of_the_library_is_worth_nothing(alice: Caller) -> None:
    library = str(SimpleJwtRefreshToken())
    assert Caller(access=library).get("/auth/profile").status_code == 401
    assert Caller().post("/auth/refresh", {"refresh": library[:200]}).status_code == 401
