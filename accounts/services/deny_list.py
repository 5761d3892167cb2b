"""Tells the deny list, beside the requests, of ends that it has missed or lost.

The rows of sessions and API keys are the truth: what ended within the life of a token is told once
more, by each process by itself, and nothing changes where it was told already.
"""

import threading
import time
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog
from django.conf import settings
from django.db import Error as DatabaseFailure
from django.utils import timezone
from redis.exceptions import RedisError

from accounts import selectors
from accounts.services.batches import ids_each
from platform_site.kit.auth.revocations import deny_list_generation, session_revoke
from platform_site.kit.auth.tokens import LEEWAY_S

log = structlog.get_logger(__name__)

RECENT_EVERY_S: Final = 30.0
"""How often the newest ends are told once more: a process that looks at nothing missed them."""
UNSEEN_S: Final = 60
"""By how much a row may be late: its time is taken before its commit, by another clock."""


CLOCKS_S: Final = 5
"""By how much the clocks of two processes that issue tokens may differ."""


def denial_s() -> int:
    """For how long an end is on the deny list: longer than any token lives that came before it.

    A token that was issued this second, read by a clock that is late by the leeway.
    """
    lifetime_s: int = settings.ACCESS_TOKEN_LIFETIME_S
    return lifetime_s + LEEWAY_S


def api_key_hold_back(key_id: UUID) -> None:
    """Refuse tokens that the key has; those that it gets once it is taken again are good.

    Raises the store's error.
    """
    issued_until = int(time.time()) + CLOCKS_S
    session_revoke(session_id=key_id, ttl_s=denial_s(), issued_until=issued_until)


class DenyListTeller:
    """What this process knows of the list; `look` is called by one thread, from time to time.

    Everything is told to a list that this process has not told yet (after its start, and when the
    list has lost what it had) or that may have missed something (it gave no answer).
    """

    def __init__(self) -> None:
        self._told: str | None = None
        self._recent_at = 0.0
        self._missed = threading.Event()
        self._is_silent = False

    def missed(self) -> None:
        """An end of this process could not be told."""
        self._missed.set()

    def look(self) -> None:
        """Tell what is to be told; again at the next look when that fails."""
        told, self._told = self._told, None
        # Before rows are read: what is missed meanwhile is told at the next look.
        if self._missed.is_set():
            self._missed.clear()
            told = None
        try:
            # Before the telling, too: who finds the list renamed, begins anew.
            generation = deny_list_generation()
            self._tell(is_new=generation != told)
        except (RedisError, OSError, DatabaseFailure) as exc:
            if not self._is_silent:
                log.warning("deny_list_not_told", error=type(exc).__name__)
            self._is_silent = True
            return
        self._told, self._is_silent = generation, False

    def _tell(self, *, is_new: bool) -> None:
        now = time.monotonic()
        if not is_new and now < self._recent_at:
            return
        age_s = UNSEEN_S + (denial_s() if is_new else RECENT_EVERY_S)
        count = _tell_since(timezone.now() - timedelta(seconds=age_s), is_new=is_new)
        self._recent_at = now + RECENT_EVERY_S
        if is_new:
            log.info("deny_list_told", count=count)


def _tell_since(since: datetime, *, is_new: bool) -> int:
    count = 0
    for rows in (selectors.sessions_ended(since=since), selectors.api_keys_ended(since=since)):
        for ended_id in ids_each(rows):
            session_revoke(session_id=ended_id, ttl_s=denial_s())
            count += 1
    if is_new:
        for key_id in ids_each(selectors.api_keys_held_back(since=since)):
            api_key_hold_back(key_id)
            count += 1
    return count


teller: Final = DenyListTeller()
