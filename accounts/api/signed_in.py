"""Views for someone who is signed in: the token's session is looked up in the database."""

from typing import ClassVar, Final, cast

from rest_framework.request import Request
from rest_framework.views import APIView

from accounts import selectors
from accounts.models import Session, User
from platform_site.kit.auth.authentication import HasScope
from platform_site.kit.auth.tokens import Principal
from platform_site.kit.rest.hot_reads import AnyRequest

ROLE: Final = "auth"
GATEWAY: Final = frozenset({"gateway"})


class SignedInView(APIView):
    """Needs an access token of a live session that has the scope for the method."""

    audience: ClassVar[str] = ROLE
    permission_classes = (HasScope,)
    read_scope: ClassVar[str] = "account:read"
    write_scope: ClassVar[str] = "account:write"

    def session(self, request: Request) -> Session:
        """As `session_of`."""
        return session_of(request)


class ReadableView(SignedInView):
    """One that an API key with the scope ``account`` may read, too."""

    read_scope = "account:read account"


def user_of(request: AnyRequest) -> User:
    """The caller, asked for by a session or a key; for reads.

    Whether the session lives said the deny list, which may lag by a second. Raises `TokenRevoked`
    when the account is disabled or gone.
    """
    principal = cast("Principal", request.user)
    if principal.is_key:
        return selectors.user_of_key(key_id=principal.session_id, user_id=principal.id)
    return selectors.user_signed_in(user_id=principal.id)


def session_of(request: AnyRequest) -> Session:
    """The caller's session with its user. Raises `TokenRevoked`.

    This role owns the table, so a session that has ended is refused here at once, whatever the
    deny list has heard.
    """
    principal = cast("Principal", request.user)
    return selectors.session_signed_in(session_id=principal.session_id, user_id=principal.id)
