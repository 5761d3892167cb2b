"""What a token is worth at this moment (RFC 7662)."""

from typing import Any, Final
from uuid import UUID

from accounts import selectors
from accounts.tokens import access_token_claims
from platform_site.kit.auth.tokens import TokenInvalid

INACTIVE: Final[dict[str, Any]] = {"active": False}
SHOWN_CLAIMS: Final = ("sub", "sid", "scope", "staff", "iss", "aud", "exp", "iat", "nbf", "jti")


def token_introspect(*, raw: str) -> dict[str, Any]:
    """The claims of a live access token with ``active: true``; only ``active: false`` otherwise.

    The session is looked up in the database, so the answer does not lag behind a sign-out.
    """
    try:
        claims = access_token_claims(raw)
        selectors.session_signed_in(session_id=UUID(claims["sid"]), user_id=UUID(claims["sub"]))
    except (TokenInvalid, KeyError, ValueError):
        return INACTIVE
    shown = {name: claims[name] for name in SHOWN_CLAIMS if name in claims}
    return {"active": True, "token_type": "Bearer", **shown}
