"""What is kept secret in the rows of this app: sealed so that it can be read again, or peppered.

Every use names its ``purpose``, and has keys of its own: what is sealed for one purpose cannot be
opened for another. The last of ``settings.ACCOUNT_KEYS`` seals; all of them open.
"""

import hmac
from base64 import urlsafe_b64encode
from functools import lru_cache
from typing import Final

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

KEY_BYTES: Final = 32


class SealBrokenError(ValueError):
    """The text was not sealed for this purpose with a key that is still known."""


def sealed(purpose: str, secret: bytes) -> str:
    """``secret`` encrypted and authenticated, to be kept in a row."""
    return _fernet(purpose, _newest_first()).encrypt(secret).decode()


def opened(purpose: str, text: str) -> bytes:
    """The secret that was `sealed` as ``text``. Raises `SealBrokenError`."""
    try:
        return _fernet(purpose, _newest_first()).decrypt(text)
    except (InvalidToken, ValueError) as exc:  # the latter for what is not ASCII
        raise SealBrokenError(purpose) from exc


def resealed(purpose: str, text: str) -> str:
    """What was `sealed` as ``text``, sealed with the newest key. Raises `SealBrokenError`."""
    return sealed(purpose, opened(purpose, text))


def peppered(purpose: str, secret: str) -> list[str]:
    """Digests of ``secret`` in hex by each key, that of the newest first.

    The first is what a row keeps; a look-up takes any of them, so that a key can be replaced.
    Only for secrets with as many random bits as a key: a password needs a slow hash.
    """
    keys = _newest_first()
    return [hmac.digest(_derived(purpose, key), secret.encode(), "sha256").hex() for key in keys]


def newest_key_id() -> str:
    """The name of the key that seals and whose digests rows keep."""
    return next(reversed(settings.ACCOUNT_KEYS))


def _newest_first() -> tuple[str, ...]:
    return tuple(reversed(settings.ACCOUNT_KEYS.values()))


@lru_cache(maxsize=32)
def _fernet(purpose: str, keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(urlsafe_b64encode(_derived(purpose, key))) for key in keys])


@lru_cache(maxsize=64)
def _derived(purpose: str, key: str) -> bytes:
    derivation = HKDF(SHA256(), KEY_BYTES, salt=None, info=f"accounts.{purpose}".encode())
    return derivation.derive(bytes.fromhex(key))
