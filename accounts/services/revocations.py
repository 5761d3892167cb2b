"""Ending sessions: in the database for refreshes, on the deny list for access tokens."""

from collections.abc import Iterable
from uuid import UUID

import structlog
from django.utils import timezone
from redis.exceptions import RedisError

from accounts.errors import RevocationUnavailable
from accounts.models import Session, SessionQuerySet
from accounts.services.deny_list import api_key_hold_back, denial_s, teller
from platform_site.kit.auth.revocations import session_revoke

log = structlog.get_logger(__name__)


def sessions_end(sessions: SessionQuerySet) -> list[UUID]:
    """Mark ``sessions`` as ended, so that they cannot be refreshed; the ids, for `sessions_deny`.

    May stand in a transaction; the deny list, which is on the network, comes after the commit.
    """
    # Ids first: the update leaves no row by which the sessions could be found again.
    ids = list(sessions.filter(revoked_at=None).values_list("id", flat=True))
    Session.objects.filter(id__in=ids, revoked_at=None).update(revoked_at=timezone.now())
    return ids


def sessions_deny(session_ids: Iterable[UUID], *, held_back: Iterable[UUID] = ()) -> None:
    """Refuse the access tokens of ``session_ids`` in every role until the last has expired.

    Of the API keys ``held_back`` those that they have now, for they may be taken again.
    Raises `RevocationUnavailable`; the sessions have ended all the same, and the deny list is told
    once it answers (`accounts.services.deny_list`), by what the database has.
    """
    ttl_s = denial_s()
    try:
        for session_id in session_ids:
            session_revoke(session_id=session_id, ttl_s=ttl_s)
        for key_id in held_back:
            api_key_hold_back(key_id)
    except (RedisError, OSError) as exc:
        teller.missed()
        log.error("revocation_not_announced")  # noqa: TRY400 - the cause is chained and reported
        raise RevocationUnavailable(retry_after_s=1) from exc
