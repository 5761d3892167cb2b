"""Identifiers and random tokens."""

import secrets
from uuid import UUID

from uuid_utils import compat


def uuid7() -> UUID:
    """A time-ordered UUID (RFC 9562, version 7): new rows land at the end of an index."""
    return compat.uuid7()


def random_token(nbytes: int = 32) -> str:
    """``nbytes`` of randomness from the system, URL-safe."""
    return secrets.token_urlsafe(nbytes)
