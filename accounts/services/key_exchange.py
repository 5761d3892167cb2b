"""What the gateway is told of an API key that somebody has shown it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Final, Literal
from uuid import UUID

import structlog
from django.conf import settings
from django.utils import timezone

from accounts import metrics, selectors
from accounts.models import ApiKey
from accounts.secret_keys import newest_key_id, peppered
from accounts.services.api_keys import DIGEST
from accounts.services.audit import audit_record
from accounts.services.sessions import ADDRESS_LENGTH
from accounts.tokens import key_token_issue
from platform_site.kit.auth.api_keys import is_allowed_from, is_api_key
from platform_site.kit.rest.rate_limits import network_of

log = structlog.get_logger(__name__)

LIFETIME_S: Final = 300
"""How long a key goes on without auth; what ends sooner is announced on the deny list."""
USE_NOTED_S: Final = 60
"""How often a use is written down; a use from a new network is at once."""
NETWORKS_KEPT: Final = 20


@dataclass(frozen=True, slots=True, repr=False)
class ExchangedKey:
    """A live key, and an access token with its rights for ``expires_in`` seconds."""

    key_id: UUID
    scopes: Sequence[str]
    addresses: Sequence[str]
    expires_in: int
    token: str


def api_key_exchange(*, raw: str, address: str) -> ExchangedKey | None:
    """What ``raw``, shown from ``address``, stands for; ``None`` when it is no live key."""
    now = timezone.now()
    key = api_key_usable(raw, at=now)
    if key is None:
        metrics.API_KEY_EXCHANGES.labels("refused").inc()
        return None
    lifetime_s = min(LIFETIME_S, settings.ACCESS_TOKEN_LIFETIME_S)
    if key.expires_at is not None:
        lifetime_s = max(1, min(lifetime_s, int((key.expires_at - now).total_seconds())))
    if is_allowed_from(address, key.addresses):
        _note_use(key, raw=raw, address=address, at=now)
    else:
        # The gateway refuses it, and remembers for a while that this address has been told of.
        _record(key, address, by=None, outcome="refused")
    metrics.API_KEY_EXCHANGES.labels("exchanged").inc()
    metrics.TOKENS_ISSUED.labels("access").inc()
    scopes = key.scopes.split()
    return ExchangedKey(
        key_id=key.id,
        scopes=scopes,
        addresses=key.addresses,
        expires_in=lifetime_s,
        token=key_token_issue(
            user_id=key.user_id, key_id=key.id, scopes=scopes, lifetime_s=lifetime_s
        ),
    )


def api_key_live(raw: str, *, at: datetime) -> ApiKey | None:
    """The key that ``raw`` is, if nothing has ended it ``at`` that time."""
    if not is_api_key(raw):
        return None
    digests = peppered(DIGEST, raw)
    key = ApiKey.objects.live(at=at).select_related("user").filter(digest__in=digests).first()
    # The database compares as it likes; what it found is compared again in constant time.
    if key is None or not any(compare_digest(key.digest, digest) for digest in digests):
        return None
    return key if key.user.may_sign_in and key.user.deletion_due_at is None else None


def api_key_usable(raw: str, *, at: datetime) -> ApiKey | None:
    """As `api_key_live`; none where its owner must add a second factor before anything else."""
    key = api_key_live(raw, at=at)
    return None if key is None or selectors.may_only_add_factor(user=key.user) else key


def _note_use(key: ApiKey, *, raw: str, address: str, at: datetime) -> None:
    network = network_of(address)
    is_new = network not in key.seen_from
    noted = key.last_used_at is not None and at - key.last_used_at < timedelta(seconds=USE_NOTED_S)
    has_newest = key.digest_key == newest_key_id()
    if noted and not is_new and has_newest:
        return
    changes: dict[str, object] = {
        "last_used_at": at,
        "last_used_address": address[:ADDRESS_LENGTH],
    }
    if is_new:
        changes["seen_from"] = [*key.seen_from, network][-NETWORKS_KEPT:]
    if not has_newest:
        changes |= {"digest": peppered(DIGEST, raw)[0], "digest_key": newest_key_id()}
    # Of two first uses at once one is written, and one is told of.
    same = ApiKey.objects.filter(id=key.id, last_used_at=key.last_used_at)
    if same.update(**changes) and is_new:
        _record(key, address, by=key.user_id, outcome="succeeded")
        log.info("api_key_used_from_new_network", key_id=str(key.id))


def _record(
    key: ApiKey, address: str, *, by: UUID | None, outcome: Literal["succeeded", "refused"]
) -> None:
    # The request in hand is the gateway's; its caller's device is not told here.
    audit_record(
        "api_key.use",
        user_id=key.user_id,
        by=by,
        target=str(key.id),
        outcome=outcome,
        address=address,
        device="",
    )
