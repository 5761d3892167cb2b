"""What the app reads. Someone else's session does not exist."""

from uuid import UUID

from accounts.errors import SessionNotFound
from accounts.models import Session, SessionQuerySet, User
from platform_site.kit.tokens import TokenRevoked


def user_by_email(*, email: str) -> User | None:
    """The user of any spelling of ``email``; ``None`` when there is none."""
    return User.objects.filter(email=email).first()


def session_signed_in(*, session_id: UUID, user_id: UUID) -> Session:
    """The caller's own live session with its user, asked of the database, not of the deny list.

    Raises `TokenRevoked` when it has ended, or when the user is closed or gone.
    """
    try:
        return (
            Session.objects.live()
            .select_related("user")
            .get(id=session_id, user_id=user_id, user__is_active=True)
        )
    except Session.DoesNotExist as exc:
        raise TokenRevoked from exc


def sessions_of_user(*, user_id: UUID) -> SessionQuerySet:
    """The live sessions of ``user_id``, unordered."""
    return Session.objects.live().filter(user_id=user_id)


def session_of_user(*, session_id: UUID, user_id: UUID) -> Session:
    """The live session ``session_id`` of ``user_id``. Raises `SessionNotFound`."""
    try:
        return sessions_of_user(user_id=user_id).get(id=session_id)
    except Session.DoesNotExist as exc:
        raise SessionNotFound from exc
