"""Signed URLs of bytes: HMAC-SHA256 over the whole path, with key id and expiry.

``/i/{kid}/{exp}/{sig}/{spec}/{image_id}.{ext}``. Knows no rows and does no I/O.
"""

import base64
import hashlib
import hmac
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from images.errors import SignatureInvalid, UrlExpired

HOUR_S: Final = 3600
PARTS: Final = 5


@dataclass(frozen=True, slots=True)
class SignedPath:
    """What a valid path names. ``spec`` and ``name`` are as signed, ``expires_at`` in Unix s."""

    spec: str
    name: str
    expires_at: int


def expiry_after(*, now_s: float, lifetime_s: int) -> int:
    """The Unix second at which a URL made now ends.

    Rounded up to the hour, so that a URL stays the same for an hour and caches can hold it.

    >>> expiry_after(now_s=7_201, lifetime_s=3_600)
    14400
    """
    return math.ceil((now_s + lifetime_s) / HOUR_S) * HOUR_S


def path_signed(*, keys: dict[str, str], spec: str, name: str, expires_at: int) -> str:
    """The path for ``name`` (``{image_id}.{ext}``), signed with the last of ``keys``.

    The last key signs and every key verifies: a new key is added in front of the last, and moved
    to the end once every process knows it.
    """
    kid = next(reversed(keys))
    return path_signed_by(kid, keys[kid], spec=spec, name=name, expires_at=expires_at)


def path_signed_by(kid: str, key: str, *, spec: str, name: str, expires_at: int) -> str:
    """The same, signed with ``key``, which is called ``kid``."""
    signature = _signature(key, f"/i/{kid}/{expires_at}/{spec}/{name}")
    return f"/i/{kid}/{expires_at}/{signature}/{spec}/{name}"


def path_verified(rest: str, *, keys: Mapping[str, str], now_s: float) -> SignedPath:
    """What the path below ``/i/`` names. Raises `SignatureInvalid` or `UrlExpired`.

    The signature is compared as text: base64 leaves bits over in its last character, and a
    comparison of decoded bytes would let other spellings of it through.
    """
    parts = rest.split("/")
    if len(parts) != PARTS:
        raise SignatureInvalid
    kid, expires_at, signature, spec, name = parts
    key = keys.get(kid)
    if key is None:
        raise SignatureInvalid
    expected = _signature(key, f"/i/{kid}/{expires_at}/{spec}/{name}")
    if not hmac.compare_digest(expected.encode(), signature.encode()):
        raise SignatureInvalid
    if int(expires_at) <= now_s:
        raise UrlExpired
    return SignedPath(spec=spec, name=name, expires_at=int(expires_at))


def _signature(key_hex: str, path: str) -> str:
    signed = _keyed(key_hex).copy()
    signed.update(path.encode())
    return base64.urlsafe_b64encode(signed.digest()).rstrip(b"=").decode()


@lru_cache(maxsize=16)  # of few keys; what is worked out from the key alone is half of a short path
def _keyed(key_hex: str) -> hmac.HMAC:
    return hmac.new(bytes.fromhex(key_hex), digestmod=hashlib.sha256)
