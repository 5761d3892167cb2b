"""Signing out with what is left: the refresh cookie, once the access token has ended."""

from typing import TYPE_CHECKING, Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication

from accounts.api.cookies import NAME, refresh_cookie_read
from accounts.services.refreshes import session_of_refresh_token
from platform_site.kit.auth.authentication import UserAuthentication
from platform_site.kit.auth.tokens import Principal, TokenInvalid

if TYPE_CHECKING:
    from rest_framework.request import Request

SCOPES = frozenset({"account:write"})
"""What the cookie may do beside refreshing: end sessions."""


class SessionCookieAuthentication(BaseAuthentication):
    """The refresh cookie of a live session, asked for when the access token is of no use."""

    def authenticate(self, request: "Request") -> tuple[Principal, None] | None:
        """The principal of the access token, else that of the cookie, else ``None``.

        Raises `OriginNotAllowed`, and `TokenInvalid` for a cookie that is of no use either.
        """
        try:
            known = UserAuthentication().authenticate(request)
        except TokenInvalid:
            known = None
        raw = "" if known else refresh_cookie_read(request)
        if not raw:
            return known
        session = session_of_refresh_token(raw=raw)
        principal = Principal(
            id=session.user_id,
            session_id=session.id,
            scopes=SCOPES,
            is_staff=False,
            token="",
        )
        return principal, None

    def authenticate_header(self, request: "Request") -> str:  # noqa: ARG002
        """The challenge that makes an anonymous request a 401."""
        return "Bearer"


class CookieScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the API's document calls it."""

    target_class = "accounts.api.cookie_authentication.SessionCookieAuthentication"
    name = "refreshCookie"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:  # noqa: ARG002
        """A cookie."""
        return {"type": "apiKey", "in": "cookie", "name": NAME}
