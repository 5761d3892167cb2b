"""Beginning and ending sessions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from accounts import metrics, selectors
from accounts.errors import InvalidCredentials
from accounts.models import Session, SessionQuerySet, User
from accounts.refresh_tokens import RefreshToken
from accounts.services.audit import audit_actor, audit_record
from accounts.services.batches import rows_remove
from accounts.services.revocations import sessions_deny, sessions_end
from accounts.services.verification import verification_require
from accounts.tokens import access_token_issue
from platform_site.kit.identifiers import uuid7
from platform_site.kit.statements import Change, ChangedRows, NewRow, Statement

log = structlog.get_logger(__name__)

DEVICE_LENGTH: Final = 200
ADDRESS_LENGTH: Final = 45
ENDED_KEPT_S: Final = 86_400
"""How long an ended session is kept, so that a late reuse of its tokens is still recognised."""


_LOOKED_AT: Final = ("is_active", "deletion_due_at", "sign_out_epoch")
_SEEN_AGAIN: Final = ChangedRows(
    Change(
        lambda user_id, password, at: (
            User.objects.filter(id=user_id, password=password),
            {"last_login": at},
        )
    ),
    Statement(lambda user_id: User.objects.only(*_LOOKED_AT).filter(id=user_id)),
)
"""Notes the sign-in of a user who has this password still, and reads who may enter."""


_BEGUN: Final = NewRow(
    lambda session_id, user_id, refresh_hash, at, methods, expires_at, device, address: Session(
        id=session_id,
        user_id=user_id,
        refresh_hash=refresh_hash,
        created_at=at,
        last_seen_at=at,
        authenticated_at=at,
        methods=methods,
        expires_at=expires_at,
        device=device,
        address=address,
    )
)


@dataclass(frozen=True, slots=True, repr=False)
class TokenPair:
    """What a client gets when it signs in or refreshes. Lifetimes are in seconds."""

    access: str
    expires_in: int
    refresh: str
    refresh_expires_in: int
    session_id: UUID


def session_begin(
    *, user: User, methods: Sequence[str], device: str, address: str, provider: str = ""
) -> TokenPair:
    """A new session of ``user``, who has proved by ``methods`` (RFC 8176) who they are.

    ``provider`` is the id of the one that vouched for them, if one did.

    ``user`` is as it was when the proof was looked at. Raises `InvalidCredentials` when the
    password has changed since, or everybody was signed out, or the account may not be entered,
    and `EmailUnverified`.
    """
    verification_require(user)
    token = RefreshToken.new(uuid7())
    now = timezone.now()
    with transaction.atomic():
        # The row is locked by the change and looked at again: a password changed, a factor removed,
        # everybody signed out or an account closed while the proof was being looked at must not
        # leave a session that the change did not see.
        found = _SEEN_AGAIN.rows(user_id=user.id, password=user.password, at=now)
        same = next(iter(found), None)
        if same is None or not same.may_sign_in or _changed(same, user):
            raise InvalidCredentials
        _BEGUN.execute(
            session_id=token.session_id,
            user_id=user.id,
            refresh_hash=token.digest(),
            at=now,
            methods=" ".join(methods),
            expires_at=now + timedelta(seconds=session_lifetime_s()),
            device=device[:DEVICE_LENGTH],
            address=address[:ADDRESS_LENGTH],
        )
        audit_record(
            "sign_in",
            user_id=user.id,
            by=user.id,
            target=str(token.session_id),
            outcome="succeeded",
            address=address,
            device=device,
            methods=" ".join(methods),
            **({"provider": provider} if provider else {}),
        )
    return token_pair(
        user=user,
        token=token,
        methods=" ".join(methods),
        refresh_expires_in=session_lifetime_s(),
    )


def _changed(now: User, then: User) -> bool:
    return (now.deletion_due_at, now.sign_out_epoch) != (then.deletion_due_at, then.sign_out_epoch)


def session_close(*, session_id: UUID, user_id: UUID) -> None:
    """End one session of ``user_id``. Raises `SessionNotFound` for any other."""
    session = selectors.session_of_user(session_id=session_id, user_id=user_id)
    with transaction.atomic():
        ended = sessions_end(Session.objects.filter(id=session.id))
        audit_record("session.end", user_id=user_id, by=audit_actor(), target=str(session_id))
    sessions_deny(ended)
    log.info("session_closed", session_id=str(session_id))


def sessions_close(*, sessions: SessionQuerySet) -> int:
    """End ``sessions``, whoever's they are, with an entry for each; how many ended."""
    with transaction.atomic():
        ended = sessions_end(sessions)
        owners = Session.objects.filter(id__in=ended).values_list("id", "user_id")
        for session_id, user_id in owners.order_by("id"):
            audit_record("session.end", user_id=user_id, by=audit_actor(), target=str(session_id))
    sessions_deny(ended)
    return len(ended)


def sessions_close_all(*, user_id: UUID) -> int:
    """End the sessions of ``user_id``, those at the admin's pages too; how many ended."""
    with transaction.atomic():
        ended = sessions_end_all(user_id=user_id)
    sessions_deny(ended)
    return len(ended)


def sessions_end_all(*, user_id: UUID) -> list[UUID]:
    """As `sessions_close_all`, in the caller's transaction; the ids, for `sessions_deny`."""
    User.objects.filter(id=user_id).update(sign_out_epoch=F("sign_out_epoch") + 1)
    ended = sessions_end(Session.objects.filter(user_id=user_id))
    audit_record("sessions.end", user_id=user_id, by=audit_actor(), count=str(len(ended)))
    log.info("sessions_closed", user_id=str(user_id), count=len(ended))
    return ended


def sessions_expire() -> int:
    """Forget sessions that expired, and those that ended a day ago; how many went.

    No access token outlives this: it lives minutes, a session days.
    """
    now = timezone.now()
    gone = Session.objects.filter(
        Q(expires_at__lte=now) | Q(revoked_at__lte=now - timedelta(seconds=ENDED_KEPT_S))
    )
    count = rows_remove(gone)
    log.info("sessions_expired", count=count)
    return count


def session_lifetime_s() -> int:
    """How long a new session lives when it is not refreshed."""
    lifetime_s: int = min(settings.REFRESH_TOKEN_LIFETIME_S, settings.SESSION_LIFETIME_S)
    return lifetime_s


def token_pair(
    *, user: User, token: RefreshToken, methods: str, refresh_expires_in: int
) -> TokenPair:
    """A new access token beside ``token``, of a session of ``methods``; neither outlives it."""
    metrics.TOKENS_ISSUED.labels("access").inc()
    lifetime_s = max(1, min(settings.ACCESS_TOKEN_LIFETIME_S, refresh_expires_in))
    return TokenPair(
        access=access_token_issue(
            user=user, session_id=token.session_id, methods=methods, lifetime_s=lifetime_s
        ),
        expires_in=lifetime_s,
        refresh=token.encoded(),
        refresh_expires_in=refresh_expires_in,
        session_id=token.session_id,
    )
