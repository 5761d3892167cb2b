"""Sealing anew, with the newest of ``ACCOUNT_KEYS``, what rows keep sealed."""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import structlog
from django.db.models import QuerySet

from accounts.models import ApiKey, Authenticator, Mail
from accounts.secret_keys import SealBrokenError, newest_key_id, resealed
from accounts.services.authenticators import PURPOSE as AUTHENTICATOR
from accounts.services.mails import SEAL

log = structlog.get_logger(__name__)

BATCH: Final = 500
FIRST: Final = UUID(int=0)


@dataclass(frozen=True, slots=True)
class SealedField:
    """A column of sealed text; the rows have a UUID as primary key."""

    rows: QuerySet[Any]
    field: str
    purpose: str


SEALED: Final = (
    SealedField(Mail.objects.exclude(context=""), "context", SEAL),
    SealedField(Authenticator.objects.all(), "sealed_secret", AUTHENTICATOR),
)
"""Every column that `accounts.secret_keys.sealed` fills."""


@dataclass(frozen=True, slots=True)
class Resealed:
    """What one run has done; ``broken`` were sealed with a key that is gone."""

    values: int
    broken: int


def accounts_reseal() -> Resealed:
    """Seal every value with the newest key, in batches. A run may be repeated, or cut short."""
    values = broken = 0
    for sealed in SEALED:
        last = FIRST
        while batch := _after(sealed, last):
            for row_id, text in batch:
                try:
                    fresh = resealed(sealed.purpose, text)
                except SealBrokenError:
                    broken += 1
                    continue
                # Compare-and-set: what was replaced meanwhile is new anyway.
                same = sealed.rows.filter(pk=row_id, **{sealed.field: text})
                values += same.update(**{sealed.field: fresh})
            last = batch[-1][0]
    log.info("accounts_resealed", values=values, broken=broken)
    return Resealed(values, broken)


def api_keys_of_former_keys() -> int:
    """Live API keys whose digest no use has renewed yet: they end when the former key goes."""
    return ApiKey.objects.live().exclude(digest_key=newest_key_id()).count()


def _after(sealed: SealedField, last: UUID) -> list[tuple[UUID, str]]:
    rows = sealed.rows.filter(pk__gt=last).order_by("pk")
    return list(rows.values_list("pk", sealed.field)[:BATCH])
