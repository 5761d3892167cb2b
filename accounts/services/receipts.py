"""Receipts of deleted accounts: signed for the person, and verified by anybody, also years later.

A receipt is a JWS (RFC 7515) by the platform's signing key. Its ``kid`` is the thumbprint of that
key (RFC 7638), of which the public half is published for good.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import jwt
from django.conf import settings
from joserfc.jwk import ECKey

from accounts.models import Receipt, ReceiptKey, User
from accounts.signing_keys import current_keyset
from platform_site.kit.auth.tokens import ALGORITHM
from platform_site.kit.identifiers import uuid7

RECEIPT_TYPE: Final = "deletion-receipt+jwt"
"""No role takes a token of this type."""
PUBLISHED: Final = ("kty", "crv", "x", "y", "alg", "use")


class ReceiptInvalid(Exception):
    """The text is no receipt of this platform, or not as it was given."""


@dataclass(frozen=True, slots=True)
class VerifiedReceipt:
    """What a receipt says; ``is_recorded`` is whether the platform knows that it gave it."""

    claims: Mapping[str, Any]
    is_recorded: bool


def receipt_make(
    *,
    user: User,
    closed_at: datetime | None,
    deleted_at: datetime,
    images: int | None,
    size: int | None,
) -> str:
    """A receipt that the account of ``user`` and all it had are deleted, in their transaction.

    ``images`` and their ``size`` in bytes are as the role images counted; ``None`` = it did not.
    Only a digest of the receipt is kept, so that this is the one time that it can be read.
    """
    key = current_keyset().signer()
    public = {name: value for name, value in key.public_jwk().items() if name in PUBLISHED}
    thumbprint = ECKey.import_key({**public}).thumbprint()
    receipt_id = uuid7()
    claims = {
        "iss": settings.TOKEN_ISSUER,
        "jti": str(receipt_id),
        "iat": int(deleted_at.timestamp()),
        "sub": str(user.id),
        "email_sha256": email_digest(user.email),
        "closed_at": closed_at.isoformat() if closed_at else None,
        "deleted_at": deleted_at.isoformat(),
        "images_deleted": images,
        "bytes_deleted": size,
    }
    headers = {"kid": thumbprint, "typ": RECEIPT_TYPE}
    text = jwt.encode(claims, key.private, algorithm=ALGORITHM, headers=headers)
    ReceiptKey.objects.get_or_create(thumbprint=thumbprint, defaults={"jwk": public})
    Receipt.objects.create(id=receipt_id, digest=_digest(text), made_at=deleted_at)
    return text


def receipt_verify(text: str) -> VerifiedReceipt:
    """What the receipt says, once its signature holds. Raises `ReceiptInvalid`."""
    text = "".join(text.split())  # a mail may have broken the line
    try:
        header = jwt.get_unverified_header(text)
        if header.get("typ") != RECEIPT_TYPE or header.get("alg") != ALGORITHM:
            raise ReceiptInvalid("This is another kind of token.")
        known = ReceiptKey.objects.filter(thumbprint=str(header.get("kid"))).first()
        if known is None:
            raise ReceiptInvalid("The key that signed it has signed no receipt here.")
        claims = jwt.decode(
            text,
            jwt.PyJWK(known.jwk).key,
            algorithms=[ALGORITHM],
            issuer=settings.TOKEN_ISSUER,
            options={"require": ["iss", "jti", "iat", "sub"], "verify_aud": False},
        )
    except jwt.PyJWTError as exc:
        raise ReceiptInvalid("The signature does not hold.") from exc
    kept = Receipt.objects.filter(id=claims["jti"]).first()
    is_recorded = kept is not None and hmac.compare_digest(kept.digest, _digest(text))
    return VerifiedReceipt(claims=claims, is_recorded=is_recorded)


def receipt_keys() -> dict[str, list[dict[str, str]]]:
    """Every key that has signed a receipt, as a JWK set (RFC 7517)."""
    rows = ReceiptKey.objects.order_by("first_used_at", "thumbprint")
    return {"keys": [{**row.jwk, "kid": row.thumbprint} for row in rows]}


def email_digest(email: str) -> str:
    """By which whoever holds a receipt shows that it is of ``email``, as the account wrote it."""
    return hashlib.sha256(email.encode()).hexdigest()


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
