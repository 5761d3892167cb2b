"""DRF authentication from verified tokens, without sessions, cookies or a user table."""

from typing import TYPE_CHECKING

from django.conf import settings
from rest_framework.authentication import BaseAuthentication

from platform_site.kit.problems import DomainError
from platform_site.kit.revocations import session_is_revoked
from platform_site.kit.tokens import (
    Principal,
    ServicePrincipal,
    TokenInvalid,
    TokenRevoked,
    verify_service_token,
    verify_user_token,
)

if TYPE_CHECKING:  # DRF's own modules import this one by name: a run-time import is a cycle
    from rest_framework.request import Request

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class RevocationUnknown(DomainError):
    """The deny list gives no answer, so nothing is changed on the word of a token."""

    status = 503
    code = "revocation_unknown"
    title = "Sessions cannot be checked at the moment"


class UserAuthentication(BaseAuthentication):
    """``Authorization: Bearer`` with an access token."""

    def authenticate(self, request: "Request") -> tuple[Principal, None] | None:
        """The principal, or ``None`` without a token. Raises `TokenInvalid`."""
        raw = _bearer(request.META.get("HTTP_AUTHORIZATION", ""))
        return (live_principal(raw, method=request.method or "GET"), None) if raw else None

    def authenticate_header(self, request: "Request") -> str:  # noqa: ARG002
        """The challenge that makes an anonymous request a 401."""
        return "Bearer"


class ServiceOnlyAuthentication(BaseAuthentication):
    """``X-Service-Authorization: Bearer`` with a token of another role for this one."""

    def authenticate(self, request: "Request") -> tuple[ServicePrincipal, None] | None:
        """The calling role, or ``None`` without a token. Raises `TokenInvalid`."""
        raw = _bearer(request.META.get("HTTP_X_SERVICE_AUTHORIZATION", ""))
        return (verify_service_token(raw, audience=settings.ROLE_AUDIENCE), None) if raw else None

    def authenticate_header(self, request: "Request") -> str:  # noqa: ARG002
        """The challenge that makes an anonymous request a 401."""
        return "Bearer"


class ServiceAuthentication(UserAuthentication):
    """Both tokens: the person's in ``Authorization``, the calling role's beside it."""

    def authenticate(self, request: "Request") -> tuple[Principal, None] | None:
        """The person, once the calling role is known. Raises `TokenInvalid`."""
        if ServiceOnlyAuthentication().authenticate(request) is None:
            return None
        return super().authenticate(request)


def live_principal(raw: str, *, method: str) -> Principal:
    """Who ``raw`` acts for, if the session has not been ended.

    Without an answer from the deny list reads go on until the token expires and anything that
    changes is refused. Raises `TokenInvalid` or `RevocationUnknown`.
    """
    principal = verify_user_token(raw)
    revoked = session_is_revoked(principal.session_id)
    if revoked:
        raise TokenRevoked
    if revoked is None and method not in SAFE_METHODS:
        raise RevocationUnknown(retry_after_s=1)
    return principal


def _bearer(header: str) -> str:
    if not header:
        return ""
    scheme, _, raw = header.partition(" ")
    if scheme.lower() != "bearer" or not raw.strip():
        raise TokenInvalid("The header must be `Bearer` and a token.")
    return raw.strip()
