"""Refresh tokens: opaque secrets that belong to a session and know their own successor.

A token is ``session id | secret | seal``. The secret is random at sign-in and afterwards derived
from the secret before it, with the server's key, so that whoever holds a token within the grace
period is given the same successor although only digests are stored. A new server key takes the
tokens sealed with those in ``SECRET_KEY_FALLBACKS``. The seal tells a token that
we once issued from noise: only the former may end a session by being used twice.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Self
from uuid import UUID

from django.conf import settings
from django.utils.crypto import constant_time_compare
from django.utils.encoding import force_bytes

ID_BYTES: Final = 16
SECRET_BYTES: Final = 32
SEAL_BYTES: Final = 16
ENCODED_LENGTH: Final = 86
"""64 bytes in base64url without padding."""


class MalformedRefreshTokenError(ValueError):
    """The text is not a refresh token that this platform issued."""


@dataclass(frozen=True, slots=True, repr=False)
class RefreshToken:
    """One token of a session's family. It has no ``repr``, so it cannot slip into a log."""

    session_id: UUID
    secret: bytes

    @classmethod
    def new(cls, session_id: UUID) -> Self:
        """The first token of a session."""
        return cls(session_id, secrets.token_bytes(SECRET_BYTES))

    @classmethod
    def parse(cls, raw: str) -> Self:
        """The token that ``raw`` stands for. Raises `MalformedRefreshTokenError`."""
        if len(raw) != ENCODED_LENGTH:
            raise MalformedRefreshTokenError
        try:
            value = base64.b64decode(f"{raw}==", altchars=b"-_", validate=True)
        except (binascii.Error, ValueError) as exc:
            raise MalformedRefreshTokenError from exc
        secret_end = ID_BYTES + SECRET_BYTES
        token = cls(UUID(bytes=value[:ID_BYTES]), value[ID_BYTES:secret_end])
        seal = value[secret_end:]
        # Checked here and not in the database: noise must cost no query and end no session.
        keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
        if not any(constant_time_compare(token._seal(key), seal) for key in keys):
            raise MalformedRefreshTokenError
        return token

    def encoded(self) -> str:
        """The text that the client keeps."""
        value = self.session_id.bytes + self.secret + self._seal(settings.SECRET_KEY)
        return base64.urlsafe_b64encode(value).decode().rstrip("=")

    def digest(self) -> str:
        """What the session's row keeps: SHA-256 in hex; the secret has 256 random bits."""
        return hashlib.sha256(self.session_id.bytes + self.secret).hexdigest()

    def successor(self) -> Self:
        """The token that replaces this one, always the same while the server's key is."""
        secret = self._derived("successor", settings.SECRET_KEY)
        return type(self)(self.session_id, secret[:SECRET_BYTES])

    def _seal(self, key: str | bytes) -> bytes:
        return self._derived("seal", key)[:SEAL_BYTES]

    def _derived(self, purpose: str, key: str | bytes) -> bytes:
        return hmac.digest(_key(purpose, key), self.session_id.bytes + self.secret, "sha256")


@lru_cache(maxsize=16)
def _key(purpose: str, key: str | bytes) -> bytes:
    """The key for one purpose, as Django's ``salted_hmac`` derives it."""
    salt = f"accounts.refresh_tokens.{purpose}".encode()
    return hashlib.sha256(salt + force_bytes(key)).digest()
