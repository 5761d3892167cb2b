"""Who a request acts for, and the name under which its requests are counted."""

from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.http import HttpRequest
from rest_framework.exceptions import NotAuthenticated

from platform_site.kit.auth.tokens import Principal
from platform_site.kit.rest.hot_reads import AnyRequest, HotRequest
from platform_site.kit.rest.rate_limits import counted_address

ROLE: Final = "gateway"
READ: Final = "images:read"
WRITE: Final = "images:write"
ACCOUNT: Final = "account:write"
"""What those lack whose account is closed."""
JOBS_READ: Final = f"{READ} jobs"
JOBS_WRITE: Final = f"{WRITE} jobs"
"""One of the two will do: an API key may be for jobs alone."""
USAGE: Final = f"{READ} account"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, and the origin (``https://host[:port]``) that links in the answer begin with."""

    principal: Principal
    origin: str


def caller_of(request: AnyRequest) -> Caller:
    """Raises DRF's ``NotAuthenticated`` for an anonymous request."""
    return Caller(principal_of(request), settings.PUBLIC_URL or _origin(_http(request)))


def principal_of(request: AnyRequest) -> Principal:
    """The person or program. Raises DRF's ``NotAuthenticated`` for an anonymous request."""
    caller: object = request.user
    if not isinstance(caller, Principal):
        raise NotAuthenticated
    return caller


def is_staff(request: AnyRequest) -> bool:
    """Whether the caller runs the platform."""
    caller: object = request.user
    return isinstance(caller, Principal) and caller.is_staff


def counted_as(request: AnyRequest) -> str:
    """One name for each principal, and for each API key; the anonymous share their address's."""
    caller: object = request.user
    if isinstance(caller, Principal):
        return f"key:{caller.session_id}" if caller.is_key else f"user:{caller.id}"
    return f"address:{counted_address(_http(request))}"


def _origin(http: HttpRequest) -> str:
    return f"{http.scheme}://{http.get_host()}"


def _http(request: AnyRequest) -> HttpRequest:
    return request.http if isinstance(request, HotRequest) else request
