"""Who calls: the person whose token came along, and the role that sent it."""

from collections.abc import Iterable
from typing import ClassVar, Final, cast
from uuid import UUID

from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from platform_site.kit.auth.authentication import (
    HasScope,
    ServiceAuthentication,
    ServiceOnlyAuthentication,
)
from platform_site.kit.auth.revocations import session_is_revoked
from platform_site.kit.auth.tokens import Principal, TokenRevoked
from platform_site.kit.rest.hot_reads import AnyRequest

ROLE: Final = "images"
GATEWAY: Final = frozenset({"gateway"})


class JSONAlways(DefaultContentNegotiation):
    """Answers in JSON whatever is accepted; DRF's own would take ``?format=png`` for a renderer."""

    def select_renderer(
        self,
        request: Request,  # noqa: ARG002 - the same for every request
        renderers: Iterable[BaseRenderer],
        format_suffix: str | None = None,  # noqa: ARG002 - likewise
    ) -> tuple[BaseRenderer, str]:
        """The first renderer."""
        renderer = next(iter(renderers))
        return renderer, renderer.media_type or ""


class OwnedView(APIView):
    """A view for a person, called by the gateway: both tokens are needed, and the scope."""

    content_negotiation_class = JSONAlways
    authentication_classes = [ServiceAuthentication]
    audience: ClassVar[str] = ROLE
    callers: ClassVar[frozenset[str]] = GATEWAY
    permission_classes = [HasScope]
    read_scope: ClassVar[str] = "images:read"
    write_scope: ClassVar[str] = "images:write"


class JobView(OwnedView):
    """A view for jobs, which API keys may be limited to."""

    read_scope = "images:read jobs"
    write_scope = "images:write jobs"


class UsageView(OwnedView):
    """How much is stored, which belongs to the images and to the account."""

    read_scope = "images:read account"


class OwnerView(OwnedView):
    """A view for all that a person has, called as their account ends or comes back."""

    callers: ClassVar[frozenset[str]] = frozenset({"auth", "gateway"})
    read_scope = write_scope = "images:withhold"


class ServiceView(APIView):
    """A view for the gateway, on nobody's behalf."""

    content_negotiation_class = JSONAlways
    authentication_classes = [ServiceOnlyAuthentication]
    audience: ClassVar[str] = ROLE
    callers: ClassVar[frozenset[str]] = GATEWAY


def owner_of(request: AnyRequest) -> UUID:
    """Who owns what a view of `OwnedView` works on."""
    return cast("Principal", request.user).owner_id


def session_require_live(request: AnyRequest) -> None:
    """Look again, after a wait, whether the person is still signed in. Raises `TokenRevoked`."""
    principal = cast("Principal", request.user)
    if session_is_revoked(principal.session_id, issued_at=principal.issued_at):
        raise TokenRevoked
