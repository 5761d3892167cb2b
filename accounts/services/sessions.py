"""Opening, refreshing and ending sessions."""

from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Final, Literal
from uuid import UUID

import structlog
from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from accounts import metrics, rate_limits, selectors
from accounts.errors import InvalidCredentials
from accounts.models import Session, User
from accounts.refresh_tokens import RefreshToken
from accounts.services.revocations import sessions_deny, sessions_end
from accounts.tokens import access_token_issue
from platform_site.kit.bounded import Busy
from platform_site.kit.identifiers import random_token, uuid7

log = structlog.get_logger(__name__)

DEVICE_LENGTH: Final = 200
ADDRESS_LENGTH: Final = 45
ENDED_KEPT_S: Final = 86_400
"""How long an ended session is kept, so that a late reuse of its tokens is still recognised."""


@dataclass(frozen=True, slots=True, repr=False)
class TokenPair:
    """What a client gets when it signs in or refreshes. Lifetimes are in seconds."""

    access: str
    expires_in: int
    refresh: str
    refresh_expires_in: int
    session_id: UUID


def session_open(*, email: str, password: str, device: str, address: str) -> TokenPair:
    """Sign in. One hash is computed whether or not the e-mail address has an account.

    Raises `InvalidCredentials`, or `RateLimited` when ``address`` may try no more.
    """
    # Counted before the hash: a hundred guesses at once must not all be looked at first.
    user, tried = login_try(email=email, address=address)
    try:
        matches = _password_matches(user, password)
    except Busy:
        tried.uncount()
        raise
    if not matches or user is None or not user.may_sign_in:
        login_refused("refused")
        raise InvalidCredentials
    session_id = uuid7()
    token = RefreshToken.new(session_id)
    _session_store(user=user, token=token, device=device, address=address)
    tried.forget()
    metrics.LOGINS.labels("succeeded").inc()
    log.info("login_succeeded", user_id=str(user.id), session_id=str(session_id))
    return token_pair(user=user, token=token, refresh_expires_in=session_lifetime_s())


def login_try(*, email: str, address: str) -> tuple[User | None, rate_limits.LoginTry]:
    """The user of ``email``, and this try at the password, which whoever is right may forget.

    Raises `RateLimited` when ``address`` may try no more, and `LimiterUnavailable`.
    """
    user = selectors.user_by_email(email=email)
    tried = rate_limits.login_try_count(email=email, user=user, address=address)
    if not tried.decision.allowed:
        login_refused("slowed" if tried.slowed else "locked")
    tried.decision.require()
    return user, tried


def login_refused(outcome: Literal["refused", "locked", "slowed"]) -> None:
    """Count and log a refused sign-in."""
    metrics.LOGINS.labels(outcome).inc()
    log.info("login_refused", outcome=outcome)


def session_close(*, session_id: UUID, user_id: UUID) -> None:
    """End one session of ``user_id``. Raises `SessionNotFound` for any other."""
    session = selectors.session_of_user(session_id=session_id, user_id=user_id)
    sessions_deny(sessions_end(Session.objects.filter(id=session.id)))
    log.info("session_closed", session_id=str(session_id))


def sessions_close_all(*, user_id: UUID) -> int:
    """End the sessions of ``user_id``, those at the admin's pages too; how many ended."""
    User.objects.filter(id=user_id).update(sign_out_epoch=F("sign_out_epoch") + 1)
    ended = sessions_end(Session.objects.filter(user_id=user_id))
    sessions_deny(ended)
    log.info("sessions_closed", user_id=str(user_id), count=len(ended))
    return len(ended)


def sessions_expire() -> int:
    """Forget sessions that expired, and those that ended a day ago; how many went.

    No access token outlives this: it lives minutes, a session days.
    """
    now = timezone.now()
    gone = Q(expires_at__lte=now) | Q(revoked_at__lte=now - timedelta(seconds=ENDED_KEPT_S))
    count, _ = Session.objects.filter(gone).delete()
    log.info("sessions_expired", count=count)
    return count


def session_lifetime_s() -> int:
    """How long a new session lives when it is not refreshed."""
    lifetime_s: int = min(settings.REFRESH_TOKEN_LIFETIME_S, settings.SESSION_LIFETIME_S)
    return lifetime_s


def token_pair(*, user: User, token: RefreshToken, refresh_expires_in: int) -> TokenPair:
    """A new access token beside ``token``; neither outlives the session."""
    metrics.TOKENS_ISSUED.labels("access").inc()
    lifetime_s = max(1, min(settings.ACCESS_TOKEN_LIFETIME_S, refresh_expires_in))
    return TokenPair(
        access=access_token_issue(user=user, session_id=token.session_id, lifetime_s=lifetime_s),
        expires_in=lifetime_s,
        refresh=token.encoded(),
        refresh_expires_in=refresh_expires_in,
        session_id=token.session_id,
    )


def _session_store(*, user: User, token: RefreshToken, device: str, address: str) -> None:
    now = timezone.now()
    with transaction.atomic():
        _login_confirm(user)
        User.objects.filter(id=user.id).update(last_login=now)
        Session.objects.create(
            id=token.session_id,
            user=user,
            refresh_hash=token.digest(),
            created_at=now,
            last_seen_at=now,
            expires_at=now + timedelta(seconds=session_lifetime_s()),
            device=device[:DEVICE_LENGTH],
            address=address[:ADDRESS_LENGTH],
        )


def _login_confirm(user: User) -> None:
    # The row is locked and looked at again: a password changed, or an account closed, while the
    # old password was being hashed must not leave a session that the change did not see.
    same = User.objects.select_for_update().filter(id=user.id, password=user.password).first()
    if same is None or not same.may_sign_in or same.deletion_due_at != user.deletion_due_at:
        login_refused("refused")
        raise InvalidCredentials


def _password_matches(user: User | None, password: str) -> bool:
    if user is None:
        check_password(password, _decoy())
        return False
    return user.check_password(password)


@lru_cache(maxsize=1)
def _decoy() -> str:
    """A hash that no password has, checked in the place of one that does not exist."""
    return make_password(random_token())
