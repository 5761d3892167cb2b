"""Who a request acts for, and the name under which its requests are counted."""

from typing import Any, Final

from rest_framework.exceptions import NotAuthenticated
from rest_framework.permissions import SAFE_METHODS, IsAuthenticated
from rest_framework.request import Request

from platform_site.kit.limits import client_address
from platform_site.kit.tokens import Principal

READ: Final = "images:read"
WRITE: Final = "images:write"


class HasScope(IsAuthenticated):
    """Signed in, with a token that may read or, where something changes, write."""

    message = "The token does not have the scope for this."

    def has_permission(self, request: Request, view: Any) -> bool:
        """Whether the caller's token covers the method."""
        if not super().has_permission(request, view):
            return False
        needed = READ if request.method in SAFE_METHODS else WRITE
        return needed in principal_of(request).scopes


def principal_of(request: Request) -> Principal:
    """The person or program. Raises DRF's ``NotAuthenticated`` for an anonymous request."""
    caller: object = request.user
    if not isinstance(caller, Principal):
        raise NotAuthenticated
    return caller


def is_staff(request: Request) -> bool:
    """Whether the caller runs the platform."""
    caller: object = request.user
    return isinstance(caller, Principal) and caller.is_staff


def counted_as(request: Request) -> str:
    """One name for each principal; anonymous requests share their address's."""
    caller: object = request.user
    if isinstance(caller, Principal):
        return f"user:{caller.id}"
    return f"address:{client_address(request)}"
