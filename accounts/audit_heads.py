"""Signed heads: what the newest entry of every chain was, by the key that signs access tokens.

A head is a JWS of a type of its own, without audience and expiry, so no role takes it for a token.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import jwt
from django.conf import settings

from accounts.signing_keys import current_keyset
from platform_site.kit.auth.tokens import ALGORITHM

HEAD_TYPE: Final = "audit-head+jwt"


class HeadInvalidError(ValueError):
    """The text is no head that a known key has signed."""


@dataclass(frozen=True, slots=True)
class HeadClaims:
    """``newest`` is the sequence and hash of each chain's last entry; ``previous`` a `head_digest`.

    Each head names the one before, so one whose key is gone is vouched for by those after it.
    """

    newest: Mapping[int, tuple[int, str]]
    previous: str


def head_sign(claims: HeadClaims, *, at: datetime) -> tuple[str, str]:
    """The id of the key that signs now, and the head."""
    key = current_keyset().signer(at=at)
    payload = {
        "iss": settings.TOKEN_ISSUER,
        "iat": int(at.timestamp()),
        "previous": claims.previous,
        "newest": {str(shard): [*place] for shard, place in claims.newest.items()},
    }
    headers = {"kid": key.kid, "typ": HEAD_TYPE}
    return key.kid, jwt.encode(payload, key.private, algorithm=ALGORITHM, headers=headers)


def head_open(jws: str, keys: Sequence[jwt.PyJWK]) -> HeadClaims:
    """What a head that one of ``keys`` has signed says. Raises `HeadInvalidError`."""
    try:
        header = jwt.get_unverified_header(jws)
        key = next((key for key in keys if key.key_id == header.get("kid")), None)
        if key is None or header.get("typ") != HEAD_TYPE:
            raise HeadInvalidError("no known key has signed it")
        payload = jwt.decode(
            jws, key, algorithms=[ALGORITHM], issuer=settings.TOKEN_ISSUER, options=_OPTIONS
        )
        return _claims(payload)
    except (jwt.PyJWTError, KeyError, TypeError, ValueError) as exc:
        raise HeadInvalidError(str(exc)) from exc


def head_read(jws: str) -> HeadClaims:
    """What a head says, whoever signed it. Raises `HeadInvalidError`."""
    try:
        return _claims(jwt.decode(jws, options={"verify_signature": False}))
    except (jwt.PyJWTError, KeyError, TypeError, ValueError) as exc:
        raise HeadInvalidError(str(exc)) from exc


def head_digest(jws: str) -> str:
    """How the next head names this one."""
    return hashlib.sha256(jws.encode()).hexdigest()


def is_signed_by_one_of(jws: str, keys: Sequence[jwt.PyJWK]) -> bool:
    """Whether the head names one of ``keys``; not whether it is good."""
    try:
        kid = jwt.get_unverified_header(jws).get("kid")
    except jwt.PyJWTError:
        return False
    return any(key.key_id == kid for key in keys)


_OPTIONS: Final[Any] = {"require": ["iss", "iat"], "verify_aud": False, "verify_iat": False}


def _claims(payload: Mapping[str, Any]) -> HeadClaims:
    newest = {
        int(shard): (int(sequence), str(digest))
        for shard, (sequence, digest) in payload["newest"].items()
    }
    return HeadClaims(newest, str(payload["previous"]))
