"""The deny list of ended sessions, shared by every role through the cache named ``revocations``."""

import time
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

_memory: dict[UUID, tuple[float, bool]] = {}


def session_revoke(*, session_id: UUID, ttl_s: int) -> None:
    """Refuse the session's access tokens everywhere; ``ttl_s`` is the longest life one has left.

    Raises the store's error when it cannot be written: a revocation must not be lost silently.
    """
    caches["revocations"].set(_key(session_id), 1, ttl_s)
    _remember(session_id, time.monotonic() + ttl_s, revoked=True)


def session_is_revoked(session_id: UUID) -> bool | None:
    """Whether the session was ended; ``None`` when the deny list gives no answer."""
    now = time.monotonic()
    remembered = _memory.get(session_id)
    if remembered is not None and remembered[0] > now:
        return remembered[1]
    try:
        revoked = (
            shared_cache.query(lambda: caches["revocations"].get(_key(session_id))) is not None
        )
    except shared_cache.CacheUnavailable:
        return None
    _remember(session_id, now + (REVOKED_MEMORY_S if revoked else MEMORY_S), revoked=revoked)
    return revoked


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


def _remember(session_id: UUID, until: float, *, revoked: bool) -> None:
    # A yes is forgotten with the others; the store still has it, and is asked again.
    if len(_memory) >= MEMORY_ENTRIES:
        _memory.clear()
    _memory[session_id] = (until, revoked)


def _key(session_id: UUID) -> str:
    return f"revoked:sid:{session_id}"
