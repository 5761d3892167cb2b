"""Refreshing a session: one compare-and-set decides which of several refreshes rotates it."""

import logging
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final, NoReturn

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import DateTimeField, ExpressionWrapper, F, Q
from django.db.models.functions import Least
from django.utils import timezone

from accounts import metrics
from accounts.errors import SessionExpired, TokenReuseDetected
from accounts.models import Session
from accounts.refresh_tokens import MalformedRefreshTokenError, RefreshToken
from accounts.services.audit import audit_record
from accounts.services.revocations import sessions_deny, sessions_end
from accounts.services.sessions import ADDRESS_LENGTH, TokenPair, token_pair
from platform_site.kit.auth.tokens import TokenExpired, TokenInvalid, TokenRevoked
from platform_site.kit.statements import Change, ChangedRows, Statement
from platform_site.kit.telemetry.logs import event_write

log = structlog.get_logger(__name__)

told: Final = logging.getLogger(__name__)
"""For what every refresh writes: see `event_write`."""
_READ: Final = (
    *("id", "user", "refresh_hash", "previous_refresh_hash", "methods"),
    *("created_at", "rotated_at", "expires_at", "revoked_at"),
    *("user__is_active", "user__is_staff", "user__deletion_due_at"),
)
"""What a refresh judges and signs by: a third of the columns of the two rows."""
_AS_IT_IS: Final = Statement(
    lambda session_id: Session.objects.select_related("user").only(*_READ).filter(id=session_id)
)


def session_refresh(*, raw: str, address: str) -> TokenPair:
    """A new pair for the refresh token ``raw``, which is used up.

    A second use within ``REFRESH_GRACE_S`` gets the same successor; a later one ends the session
    and raises `TokenReuseDetected`. Raises `TokenInvalid`, `TokenExpired`, `SessionExpired` or
    `TokenRevoked` for a token that is noise, too old, or of a session that is or has ended.
    """
    try:
        token = RefreshToken.parse(raw)
    except MalformedRefreshTokenError as exc:
        metrics.REFRESHES.labels("refused").inc()
        detail = "" if raw else "There is no refresh token in the body or in a cookie."
        raise TokenInvalid(detail) from exc
    return _refreshed(token, address=address)


def session_of_refresh_token(*, raw: str) -> Session:
    """The live session whose newest refresh token, or the one before, is ``raw``; uses it not up.

    Raises `TokenInvalid` for noise and `TokenRevoked` for any other session.
    """
    try:
        token = RefreshToken.parse(raw)
    except MalformedRefreshTokenError as exc:
        raise TokenInvalid from exc
    newest = Q(refresh_hash=token.digest()) | Q(previous_refresh_hash=token.digest())
    session = Session.objects.live().filter(newest, id=token.session_id).first()
    if session is None:
        raise TokenRevoked
    return session


def _refreshed(token: RefreshToken, *, address: str) -> TokenPair:
    now = timezone.now()
    # Derived and not drawn: the second of two racing refreshes must get the same successor.
    successor = token.successor()
    rotated = _rotated(token, successor, at=now, address=address)
    # Read after the write, so that what follows judges the row as it now is.
    found = rotated or _AS_IT_IS.rows(session_id=token.session_id)
    session = next(iter(found), None)
    if session is None or not session.user.may_sign_in or session.revoked_at is not None:
        _refuse(TokenRevoked())
    if session.created_at + _longest() <= now:
        _refuse(SessionExpired())
    if session.expires_at <= now:
        _refuse(TokenExpired())
    if not rotated and not _repeats(session, token, successor, at=now):
        _end_family(session)
    metrics.REFRESHES.labels("rotated" if rotated else "repeated").inc()
    fields = {"session_id": str(session.id), "repeated": not rotated}
    event_write(told, logging.INFO, "session_rotated", fields)
    left_s = int((session.expires_at - now).total_seconds())
    return token_pair(
        user=session.user,
        token=successor,
        methods=session.methods,
        refresh_expires_in=left_s,
    )


def _longest() -> timedelta:
    """How long after the sign-in a session ends, however often it was refreshed."""
    return timedelta(seconds=settings.SESSION_LIFETIME_S)


def _rotated(
    token: RefreshToken, successor: RefreshToken, *, at: datetime, address: str
) -> list[Session]:
    """The session with its user, if it was ``token``'s turn."""
    return _rotation(settings.SESSION_LIFETIME_S).rows(
        session_id=token.session_id,
        old=token.digest(),
        new=successor.digest(),
        at=at,
        opened_after=at - _longest(),
        unused_until=at + timedelta(seconds=settings.REFRESH_TOKEN_LIFETIME_S),
        address=address[:ADDRESS_LENGTH],
    )


@lru_cache(maxsize=4)
def _rotation(longest_s: int) -> ChangedRows[Session]:
    """The compare-and-set, where a session ends ``longest_s`` after its sign-in.

    One UPDATE on one table: the database re-checks every condition on the row as it is when the
    lock is granted. A join would move them into a subquery that it does not re-check, so the user
    is read beside it.
    """
    longest = timedelta(seconds=longest_s)
    ends = ExpressionWrapper(F("created_at") + longest, output_field=DateTimeField())
    change = Change(
        lambda session_id, old, new, at, opened_after, unused_until, address: (
            Session.objects.live(at=at).filter(
                id=session_id, refresh_hash=old, created_at__gt=opened_after
            ),
            {
                "refresh_hash": new,
                "previous_refresh_hash": old,
                "rotated_at": at,
                "last_seen_at": at,
                "expires_at": Least(unused_until, ends),
                "address": address,
            },
        )
    )
    return ChangedRows(change, _AS_IT_IS)


def _repeats(
    session: Session, token: RefreshToken, successor: RefreshToken, *, at: datetime
) -> bool:
    """Whether ``token`` was rotated a moment ago and its successor is still the newest."""
    return (
        session.rotated_at is not None
        and at - session.rotated_at <= timedelta(seconds=settings.REFRESH_GRACE_S)
        and session.previous_refresh_hash == token.digest()
        and session.refresh_hash == successor.digest()
    )


def _end_family(session: Session) -> NoReturn:
    metrics.REFRESHES.labels("reused").inc()
    log.warning("token_reuse_detected", session_id=str(session.id), user_id=str(session.user_id))
    with transaction.atomic():
        ended = sessions_end(Session.objects.filter(id=session.id))
        audit_record(
            "session.end",
            user_id=session.user_id,
            by=None,
            target=str(session.id),
            reason="token_reuse_detected",
        )
    sessions_deny(ended)
    raise TokenReuseDetected


def _refuse(error: TokenInvalid) -> NoReturn:
    metrics.REFRESHES.labels("refused").inc()
    raise error
