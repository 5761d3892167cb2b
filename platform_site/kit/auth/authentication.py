"""DRF authentication from verified tokens, without sessions, cookies or a user table.

A view says for which role it takes tokens (``audience``) and, where other roles call it, for which
of them (``callers``). So what it takes does not depend on which roles run in the same process.
"""

from typing import TYPE_CHECKING, Any, TypeVar

from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import SAFE_METHODS, IsAuthenticated

from platform_site.kit.auth.bearers import bearer_kind
from platform_site.kit.auth.revocations import session_is_revoked
from platform_site.kit.auth.tokens import (
    Principal,
    ServicePrincipal,
    TokenInvalid,
    TokenRevoked,
    verify_service_token,
    verify_user_token,
)
from platform_site.kit.rest.problems import DomainError
from platform_site.kit.rest.rate_limits import vouched_address_keep

if TYPE_CHECKING:
    from rest_framework.request import Request

Option = TypeVar("Option")


class RevocationUnknown(DomainError):
    """The deny list gives no answer, so nothing is changed on the word of a token."""

    status = 503
    code = "revocation_unknown"
    title = "Sessions cannot be checked at the moment"


class CallerNotAllowed(DomainError):
    """A role of the platform, but none that has business here."""

    status = 403
    code = "caller_not_allowed"
    title = "This role may not ask for this"


class AccountClosing(DomainError):
    """The account will be deleted; until then it can be looked at and taken back."""

    status = 403
    code = "account_closing"
    title = "The account is being deleted; take it back first"


class UserAuthentication(BaseAuthentication):
    """``Authorization: Bearer`` with an access token for the view's ``audience``.

    Where the audience takes another kind of bearer (`platform_site.kit.auth.bearers`), that too.
    """

    def authenticate(self, request: "Request") -> tuple[Principal, None] | None:
        """The principal, or ``None`` without a token. Raises `TokenInvalid`."""
        raw = _bearer(request.META.get("HTTP_AUTHORIZATION", ""))
        if not raw:
            return None
        audience = _of_view(request, "audience", "")
        kind = bearer_kind(raw, audience=audience)
        if kind is not None:
            return kind.authenticate(raw, request), None
        return live_principal(raw, audience=audience, method=request.method or "GET"), None

    def authenticate_header(self, request: "Request") -> str:  # noqa: ARG002
        """The challenge that makes an anonymous request a 401."""
        return "Bearer"


class ServiceOnlyAuthentication(BaseAuthentication):
    """``X-Service-Authorization: Bearer`` of one of the view's ``callers`` for its ``audience``."""

    def authenticate(self, request: "Request") -> tuple[ServicePrincipal, None] | None:
        """The calling role, or ``None`` without a token.

        Raises `TokenInvalid` or `CallerNotAllowed`.
        """
        service = _service(request)
        return None if service is None else (service, None)

    def authenticate_header(self, request: "Request") -> str:  # noqa: ARG002
        """The challenge that makes an anonymous request a 401."""
        return "Bearer"


class ServiceAuthentication(UserAuthentication):
    """Both tokens: the person's in ``Authorization``, that of one of ``callers`` beside it."""

    def authenticate(self, request: "Request") -> tuple[Principal, None] | None:
        """The person, once the calling role is known.

        Raises `TokenInvalid` or `CallerNotAllowed`.
        """
        if _service(request) is None:
            return None
        return super().authenticate(request)


class HasScope(IsAuthenticated):
    """A signed-in caller whose token has the view's ``read_scope`` or ``write_scope``, by method.

    An empty scope asks for none: every token of the person will do. Of several, which a space
    parts, one will do.
    """

    message = "The token does not have the scope for this."

    def has_permission(self, request: "Request", view: Any) -> bool:
        """Whether the caller's token covers the method. Raises `AccountClosing`."""
        if not super().has_permission(request, view):
            return False
        needed: str = view.read_scope if request.method in SAFE_METHODS else view.write_scope
        caller: object = request.user
        if not isinstance(caller, Principal):
            return False
        allowed = not needed or needed in caller.scopes or _has_one(caller, needed)
        if caller.is_closing and not allowed:
            raise AccountClosing
        return allowed


def live_principal(raw: str, *, audience: str, method: str) -> Principal:
    """Who ``raw`` acts for at the role ``audience``, if the session has not been ended.

    Without an answer from the deny list reads go on until the token expires and anything that
    changes is refused. Raises `TokenInvalid` or `RevocationUnknown`.
    """
    principal = verify_user_token(raw, audience=audience)
    revoked = session_is_revoked(principal.session_id, issued_at=principal.issued_at)
    if revoked:
        raise TokenRevoked
    if revoked is None and method not in SAFE_METHODS:
        raise RevocationUnknown(retry_after_s=1)
    return principal


def _has_one(caller: Principal, needed: str) -> bool:
    return not caller.scopes.isdisjoint(needed.split())


def _service(request: "Request") -> ServicePrincipal | None:
    raw = _bearer(request.META.get("HTTP_X_SERVICE_AUTHORIZATION", ""))
    if not raw:
        return None
    service = verify_service_token(raw, audience=_of_view(request, "audience", ""))
    # Every role can get a service token, so a valid one alone opens nothing.
    if service.client_id not in _of_view(request, "callers", frozenset[str]()):
        raise CallerNotAllowed
    vouched_address_keep(request)
    return service


def _of_view(request: "Request", name: str, default: Option) -> Option:
    """The view's attribute ``name``; the default accepts no token at all."""
    found: Option = getattr(request.parser_context["view"], name, default)
    return found


def _bearer(header: str) -> str:
    if not header:
        return ""
    scheme, _, raw = header.partition(" ")
    if scheme.lower() != "bearer" or not raw.strip():
        raise TokenInvalid("The header must be `Bearer` and a token.")
    return raw.strip()
