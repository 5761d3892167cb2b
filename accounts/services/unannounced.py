"""Ends that the deny list could not be told of, told to it as soon as it gives an answer.

They stand in the memory of this process: those of one that ends meanwhile live on until their
access tokens expire, as they all did otherwise.
"""

import threading
import time
from collections.abc import Callable, Iterable
from typing import Final
from uuid import UUID

import structlog
from redis.exceptions import RedisError

from platform_site.kit.auth.revocations import session_revoke

log = structlog.get_logger(__name__)

AGAIN_S: Final = 0.5
"""So that one is seen within a second of the return of the deny list."""
MOST: Final = 10_000


class Unannounced:
    """Sessions and keys by the monotonic time of their last token's end, and who tells of them."""

    def __init__(self, *, revoke: Callable[..., None] = session_revoke) -> None:
        self._revoke = revoke
        self._until: dict[UUID, float] = {}
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def add(self, ids: Iterable[UUID], *, ttl_s: int) -> None:
        """Tell of ``ids``, of which no token lives longer than ``ttl_s`` seconds."""
        until = time.monotonic() + ttl_s
        with self._lock:
            room = MOST - len(self._until)
            self._until |= dict.fromkeys(list(ids)[:room], until)
            if self._thread is None:
                self._thread = threading.Thread(target=self._tell, daemon=True)
                self._thread.start()

    def _tell(self) -> None:
        while waiting := self._waiting():
            try:
                for one, left_s in waiting:
                    self._revoke(session_id=one, ttl_s=left_s)
                    with self._lock:
                        self._until.pop(one, None)
            except (RedisError, OSError):
                time.sleep(AGAIN_S)
            else:
                log.info("revocations_announced", count=len(waiting))

    def _waiting(self) -> list[tuple[UUID, int]]:
        """With the seconds that are left; when there are none, the thread is over."""
        now = time.monotonic()
        with self._lock:
            self._until = {one: until for one, until in self._until.items() if until > now}
            if not self._until:
                self._thread = None
            return [(one, int(until - now) + 1) for one, until in self._until.items()]


unannounced: Final = Unannounced()
