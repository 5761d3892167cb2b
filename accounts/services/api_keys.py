"""Keys for programs: made, revoked, and forgotten some time after they have ended."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts import rate_limits, selectors, tokens
from accounts.errors import ApiKeysFull, FactorMissing
from accounts.models import ApiKey, ApiKeyQuerySet, User
from accounts.secret_keys import newest_key_id, peppered
from accounts.services.audit import audit_record
from accounts.services.batches import rows_remove
from accounts.services.revocations import sessions_deny
from platform_site.kit.auth.api_keys import SHOWN_LENGTH, api_key_new
from platform_site.kit.auth.tokens import TokenRevoked

log = structlog.get_logger(__name__)

DIGEST: Final = "api_key"
"""For what the digests are, in `accounts.secret_keys`."""
MOST_LIVE: Final = 50
ENDED_KEPT: Final = timedelta(days=30)
"""How long a key that has ended is kept, so that its owner can be told what it was."""


def api_key_create(
    *,
    user_id: UUID,
    name: str,
    scopes: Sequence[str],
    expires_at: datetime | None,
    addresses: Sequence[str],
) -> tuple[ApiKey, str]:
    """A new key of ``user_id`` and its text, which nobody can tell a second time.

    Raises `ApiKeysFull` at the `MOST_LIVE`th one, `FactorMissing` where a key would be refused for
    want of a second factor, `RateLimited`, and `TokenRevoked` when the account is gone or closed
    by now.
    """
    rate_limits.API_KEYS_BY_USER.count(str(user_id)).require()
    text = api_key_new()
    with transaction.atomic():
        # The row of the account is locked: two at once must not both be the last one, and none
        # may slip by the end of the account.
        owner = User.objects.select_for_update().filter(id=user_id, deletion_due_at=None).first()
        if owner is None or not owner.may_sign_in:
            raise TokenRevoked
        if selectors.may_only_add_factor(user=owner):
            raise FactorMissing
        if selectors.api_keys_of_user(user_id=user_id).count() >= MOST_LIVE:
            raise ApiKeysFull(f"An account has at most {MOST_LIVE}; revoke one first.")
        key = ApiKey.objects.create(
            user_id=user_id,
            name=name,
            prefix=text[:SHOWN_LENGTH],
            digest=peppered(DIGEST, text)[0],
            digest_key=newest_key_id(),
            scopes=" ".join(scope for scope in tokens.KEY_SCOPES if scope in scopes),
            expires_at=expires_at,
            addresses=list(addresses),
        )
        audit_record(
            "api_key.create", user_id=user_id, by=user_id, target=str(key.id), scopes=key.scopes
        )
    log.info("api_key_created", key_id=str(key.id), user_id=str(user_id))
    return key, text


def api_key_revoke(*, key_id: UUID, user_id: UUID) -> None:
    """End one live key of ``user_id``: within a second no role takes it any more.

    Raises `ApiKeyNotFound`, and `RevocationUnavailable`: then what was exchanged for it lives on
    for some minutes.
    """
    key = selectors.api_key_of_user(key_id=key_id, user_id=user_id)
    api_keys_revoke(ApiKey.objects.filter(id=key.id), by=user_id)


def api_keys_revoke(keys: ApiKeyQuerySet, *, by: UUID | None) -> int:
    """End ``keys`` on the word of ``by`` (``None`` = the platform); how many ended."""
    with transaction.atomic():
        ended = api_keys_end(keys, by=by)
    sessions_deny(ended)
    return len(ended)


def api_keys_end(keys: ApiKeyQuerySet, *, by: UUID | None) -> list[UUID]:
    """Mark ``keys`` as ended; the ids, for `sessions_deny` after the commit."""
    ended: list[UUID] = []
    for key_id, owner_id in list(keys.filter(revoked_at=None).values_list("id", "user_id")):
        live = ApiKey.objects.filter(id=key_id, revoked_at=None)
        if live.update(revoked_at=timezone.now()):
            ended.append(key_id)
            audit_record("api_key.revoke", user_id=owner_id, by=by, target=str(key_id))
    if ended:
        log.info("api_keys_revoked", count=len(ended))
    return ended


def api_keys_expire() -> int:
    """Forget keys that ended 30 days ago, in batches; how many went."""
    long_ago = timezone.now() - ENDED_KEPT
    gone = Q(expires_at__lte=long_ago) | Q(revoked_at__lte=long_ago)
    count = rows_remove(ApiKey.objects.filter(gone))
    log.info("api_keys_expired", count=count)
    return count
