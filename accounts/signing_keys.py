"""The signing keys: which one signs now, and what is published of them all."""

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

import orjson
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

COORDINATE_BYTES: Final = 32
"""Of a point on P-256 (RFC 7518, 6.2.1.2)."""

KeyEntry = tuple[str, str, str]
"""Key id, the time it begins to sign (RFC 3339), the private key as PEM."""


@dataclass(frozen=True, slots=True, repr=False)
class SigningKey:
    """A prepared key pair: parsing PEM at each signature would cost far more than signing."""

    kid: str
    sign_from: datetime
    private: ec.EllipticCurvePrivateKey

    def public_jwk(self) -> dict[str, str]:
        """The public half as a JSON Web Key (RFC 7517)."""
        numbers = self.private.public_key().public_numbers()
        return {
            "kty": "EC",
            "crv": "P-256",
            "alg": "ES256",
            "use": "sig",
            "kid": self.kid,
            "x": _coordinate(numbers.x),
            "y": _coordinate(numbers.y),
        }


class Keyset:
    """All signing keys of this deployment, and the document that publishes them."""

    def __init__(self, keys: tuple[SigningKey, ...]) -> None:
        self._keys = keys
        self.document: Final[bytes] = orjson.dumps({"keys": [key.public_jwk() for key in keys]})
        self.etag: Final = f'"{hashlib.sha256(self.document).hexdigest()[:32]}"'

    def signer(self, *, at: datetime | None = None) -> SigningKey:
        """The newest key whose time has come ``at`` (``None`` = now)."""
        now = at or timezone.now()
        # A key is published before it signs, so that every verifier has fetched it by then.
        ready = [key for key in self._keys if key.sign_from <= now]
        if not ready:
            raise ImproperlyConfigured("SIGNING_KEYS has no key whose sign_from has passed.")
        return max(ready, key=lambda key: key.sign_from)


def current_keyset() -> Keyset:
    """The keys of ``settings.SIGNING_KEYS``, parsed once for each value of it."""
    # Keyed by the entries, not cached for ever: tests and a reload change the setting.
    entries = settings.SIGNING_KEYS["keys"]
    return _parsed(tuple((e["kid"], e["sign_from"], e["private_pem"]) for e in entries))


@lru_cache(maxsize=4)
def _parsed(entries: tuple[KeyEntry, ...]) -> Keyset:
    keys = tuple(_prepared(*entry) for entry in entries)
    if len({key.kid for key in keys}) != len(keys):
        raise ImproperlyConfigured("SIGNING_KEYS has two keys of one kid.")
    return Keyset(keys)


def _prepared(kid: str, sign_from: str, private_pem: str) -> SigningKey:
    try:
        private: Any = load_pem_private_key(private_pem.encode(), password=None)
        begins = datetime.fromisoformat(sign_from)
    except ValueError as exc:
        raise ImproperlyConfigured(f"SIGNING_KEYS: the key {kid!r} cannot be read.") from exc
    if not isinstance(private, ec.EllipticCurvePrivateKey) or private.curve.name != "secp256r1":
        raise ImproperlyConfigured(f"SIGNING_KEYS: the key {kid!r} is not on P-256, as ES256 is.")
    if begins.tzinfo is None:
        raise ImproperlyConfigured(f"SIGNING_KEYS: sign_from of {kid!r} has no time zone.")
    return SigningKey(kid, begins, private)


def _coordinate(value: int) -> str:
    return base64.urlsafe_b64encode(value.to_bytes(COORDINATE_BYTES, "big")).decode().rstrip("=")
