"""What a token is worth at this moment (RFC 7662): access tokens, refresh tokens, API keys."""

from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from accounts import selectors
from accounts.refresh_tokens import MalformedRefreshTokenError, RefreshToken
from accounts.services.key_exchange import api_key_usable
from accounts.tokens import access_token_claims
from platform_site.kit.auth.api_keys import PREFIX
from platform_site.kit.auth.tokens import TokenInvalid, TokenRevoked

INACTIVE: Final[dict[str, Any]] = {"active": False}
SHOWN_CLAIMS: Final = ("sub", "sid", "scope", "staff", "iss", "aud", "exp", "iat", "nbf", "jti")


def token_introspect(*, raw: str) -> dict[str, Any]:
    """What there is to say of a live token, and ``active``; only ``active: false`` of any other.

    Each type is known by its form, so a hint changes nothing. All is looked up in the database,
    so the answer does not lag behind a sign-out. Of a refresh token that was used already, and
    still gets the same successor for a moment, the answer is no: it is not to be kept.
    """
    if raw.startswith(PREFIX):
        return _of_key(raw)
    return _of_access_token(raw) if "." in raw else _of_refresh_token(raw)


def _of_access_token(raw: str) -> dict[str, Any]:
    try:
        claims = access_token_claims(raw)
        asks, user_id = UUID(claims["sid"]), UUID(claims["sub"])
        if claims.get("key") is True:
            selectors.user_of_key(key_id=asks, user_id=user_id)
        else:
            selectors.session_signed_in(session_id=asks, user_id=user_id)
    except (TokenInvalid, KeyError, ValueError):
        return INACTIVE
    shown = {name: claims[name] for name in SHOWN_CLAIMS if name in claims}
    return {"active": True, "token_type": "Bearer", **shown}


def _of_refresh_token(raw: str) -> dict[str, Any]:
    try:
        token = RefreshToken.parse(raw)
        session = selectors.session_of_newest(
            session_id=token.session_id, refresh_hash=token.digest()
        )
    except (MalformedRefreshTokenError, TokenRevoked):
        return INACTIVE
    return {
        "active": True,
        "sub": str(session.user_id),
        "sid": str(session.id),
        "iss": settings.TOKEN_ISSUER,
        "exp": int(session.expires_at.timestamp()),
        "iat": int((session.rotated_at or session.created_at).timestamp()),
    }


def _of_key(raw: str) -> dict[str, Any]:
    key = api_key_usable(raw, at=timezone.now())
    if key is None:
        return INACTIVE
    ends = {"exp": int(key.expires_at.timestamp())} if key.expires_at else {}
    return {
        "active": True,
        "token_type": "Bearer",
        "sub": str(key.user_id),
        "sid": str(key.id),
        "scope": key.scopes,
        "iss": settings.TOKEN_ISSUER,
        "iat": int(key.created_at.timestamp()),
        **ends,
    }
