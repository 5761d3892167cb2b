"""The deny list of ended sessions, shared by every role through the cache named ``revocations``."""

import math
import time
from typing import Final
from uuid import UUID

from django.core.cache import caches

from platform_site.kit import shared_cache
from platform_site.kit.identifiers import random_token

MEMORY_S = 1.0
"""How long a no is remembered in this process; so a revocation is seen this much later."""
REVOKED_MEMORY_S = 900.0
"""A session never comes back, so a yes outlives an outage of the store, and its access tokens."""
MEMORY_ENTRIES = 10_000

_GENERATION = "generation"

_FOR_EVER: Final = 1
"""What stands in the list for a session that ended; else the time up to which tokens are refused"""
_LIVE: Final = -1.0

_memory: dict[UUID, tuple[float, float]] = {}
"""Until when it counts, and up to which time of issue tokens are refused."""


def session_revoke(*, session_id: UUID, ttl_s: int, issued_until: int | None = None) -> None:
    """Refuse the session's access tokens everywhere; ``ttl_s`` is the longest life one has left.

    ``issued_until`` (Unix time) is for an API key that will be taken again: only tokens that were
    issued up to then are refused. Raises the store's error when it cannot be written: a revocation
    must not be lost silently.
    """
    held = _FOR_EVER if issued_until is None else issued_until
    caches["revocations"].set(_key(session_id), held, ttl_s)
    _remember(session_id, _refused_until(held), ended_s=ttl_s)


def session_is_revoked(session_id: UUID, *, issued_at: int = 0) -> bool | None:
    """Whether a token of the session, issued then (Unix time), is refused.

    ``None`` when the deny list gives no answer.
    """
    now = time.monotonic()
    remembered = _memory.get(session_id)
    if remembered is not None and remembered[0] > now:
        return issued_at <= remembered[1]
    try:
        held = shared_cache.query(lambda: caches["revocations"].get(_key(session_id)))
    except shared_cache.CacheUnavailable:
        return None
    refused_until = _refused_until(held)
    _remember(session_id, refused_until, ended_s=REVOKED_MEMORY_S)
    return issued_at <= refused_until


def deny_list_generation() -> str:
    """What the list is called since it was last empty; whoever asks first gives it a new name.

    Whoever has told it of every end has to do so again when the name has changed. Raises the
    store's error.
    """
    store = caches["revocations"]
    named = store.get(_GENERATION)
    if named is None:
        store.add(_GENERATION, random_token(), None)
        named = store.get(_GENERATION)
    return str(named)


def forget() -> None:
    """Ask the store again at the next look."""
    _memory.clear()


def _refused_until(held: object) -> float:
    """Up to which time of issue tokens are refused; what is unknown refuses all."""
    if held is None:
        return _LIVE
    return float(held) if isinstance(held, int) and held > _FOR_EVER else math.inf


def _remember(session_id: UUID, refused_until: float, *, ended_s: float) -> None:
    # The end of a session is final. What is refused up to a time may end for good meanwhile.
    memory_s = ended_s if refused_until == math.inf else MEMORY_S
    # A yes is forgotten with the others; the store still has it, and is asked again.
    if len(_memory) >= MEMORY_ENTRIES:
        _memory.clear()
    _memory[session_id] = (time.monotonic() + memory_s, refused_until)


def _key(session_id: UUID) -> str:
    return f"revoked:sid:{session_id}"
