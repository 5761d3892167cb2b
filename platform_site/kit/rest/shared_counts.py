"""Counts in Redis to which every process of a role adds: at once, or in the background.

At once is exact and one round trip. In the background costs a request nothing: a process counts by
itself, tells Redis of all it has counted ten times a second, and hears the totals in the answer.
"""

import atexit
import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from django.core.cache import cache, caches
from django.core.cache.backends.redis import RedisCache

from platform_site.kit import shared_cache
from platform_site.kit.telemetry import tracing

FLUSH_S: Final = 0.1
"""How far the count of one process lags behind the uses in another."""
PURGE_S: Final = 30.0


@dataclass(slots=True)
class Addition:
    """So many uses, of a count that nobody needs any more after ``ttl_s`` seconds."""

    uses: int
    ttl_s: int


def in_redis() -> bool:
    """Whether the cache is Redis; else it is this process's memory, and no command is needed."""
    return isinstance(caches["default"], RedisCache)


def add(additions: Mapping[str, Addition]) -> list[int]:
    """The totals with ``additions``, in their order, after one round trip for all of them.

    Raises what `shared_cache.query` takes for a lost cache.
    """
    pipeline, named = _pipeline()
    for key, addition in additions.items():
        _add(pipeline, named(key), addition)
    totals: list[int] = pipeline.execute()[::2]
    return totals


def numbers(keys: Sequence[str]) -> list[float | None]:
    """The number at each of ``keys``, ``None`` where there is none, in one round trip.

    Not by MGET, which the users of Redis that clusters have may not call. Raises what
    `shared_cache.query` takes for a lost cache.
    """
    if not in_redis():
        held = cache.get_many(keys)
        return [held.get(key) for key in keys]
    pipeline, named = _pipeline()
    for key in keys:
        pipeline.get(named(key))
    return [None if found is None else float(found) for found in pipeline.execute()]


def _pipeline() -> tuple[Any, Callable[[str], str]]:
    """Commands to be sent together, and what the server calls a key."""
    backend: Any = caches["default"]
    # Its own pool, retries and time-outs, without the EXISTS that Django sends before each INCRBY.
    client = backend._cache.get_client(None, write=True)  # noqa: SLF001 - Django has no name for it
    return client.pipeline(transaction=False), backend.make_and_validate_key


def _add(pipeline: Any, name: str, addition: Addition) -> None:
    pipeline.incrby(name, addition.uses)
    # Each time: a key that was left without an end by a lost connection would stay for ever.
    pipeline.expire(name, addition.ttl_s)


class CacheChanges:
    """Changes that are sent together, in one round trip; nobody reads what each of them says."""

    def __init__(self) -> None:
        self._added: dict[str, Addition] = {}
        self._forgotten: list[str] = []
        self._marked: dict[str, int] = {}

    def add(self, key: str, addition: Addition) -> None:
        """Count so many uses of ``key``, as `add` does."""
        self._added[key] = addition

    def forget(self, *keys: str) -> None:
        """Take ``keys`` away."""
        self._forgotten += keys

    def mark(self, key: str, *, ttl_s: int) -> None:
        """Let ``key`` be there for ``ttl_s`` seconds."""
        self._marked[key] = ttl_s

    def send(self) -> None:
        """Do all of it, or as much as came through. Raises `CacheUnavailable`."""
        shared_cache.query(self._to_redis if in_redis() else self._to_memory)

    def _to_redis(self) -> None:
        pipeline, named = _pipeline()
        for key, addition in self._added.items():
            _add(pipeline, named(key), addition)
        if self._forgotten:
            pipeline.delete(*map(named, self._forgotten))
        for key, ttl_s in self._marked.items():
            pipeline.set(named(key), 1, ex=ttl_s)
        pipeline.execute()

    def _to_memory(self) -> None:
        for key, addition in self._added.items():
            with suppress(ValueError):  # Django's word for a count that has ended
                cache.incr(key, addition.uses)
        cache.delete_many(self._forgotten)
        for key, ttl_s in self._marked.items():
            cache.set(key, 1, ttl_s)


@dataclass(slots=True)
class Count:
    """What is known of one count: the total that Redis told, and what it was not told yet."""

    ttl_s: int
    until: float
    total: int = 0
    on_its_way: int = 0
    untold: int = 0


class BackgroundCounts:
    """The counts of this process. Nothing is lost while Redis gives no answer: it is told later.

    A count is too low by what the other processes have seen since the last answer, so together
    they let through what arrives in `FLUSH_S` beyond a limit, and never refuse too early.
    """

    def __init__(self) -> None:
        self._reset()
        os.register_at_fork(after_in_child=self._reset)

    def forget(self) -> None:
        """Begin anew, and end the thread; what Redis was not told is lost."""
        before = self._some
        self._reset()
        before.set()

    def _reset(self) -> None:
        # In a child after the fork: a lock may have been held, and the thread is gone.
        self._lock = threading.Lock()
        self._flushing = threading.Lock()
        self._counts: dict[str, Count] = {}
        self._untold: dict[str, Count] = {}
        self._some = threading.Event()
        self._thread: threading.Thread | None = None
        self._purge_at = 0.0

    def use(self, key: str, *, ttl_s: int) -> int:
        """Count one use of ``key``; the uses so far, as far as they are known here."""
        with self._lock:
            count = self._counts.get(key)
            if count is None:
                count = self._counts[key] = Count(ttl_s, time.monotonic() + ttl_s)
            if not count.untold:
                self._untold[key] = count
            count.untold += 1
            used = count.total + count.on_its_way + count.untold
            if self._thread is None:
                self._begin()
        if not self._some.is_set():
            self._some.set()
        return used

    def flush(self) -> None:
        """Tell Redis what it was not told yet; without an answer, the next time."""
        with self._flushing:
            with self._lock:
                told, self._untold = self._untold, {}
                for count in told.values():
                    count.on_its_way, count.untold = count.untold, 0
                self._purge()
            if not told:
                return
            additions = {key: Addition(one.on_its_way, one.ttl_s) for key, one in told.items()}
            try:
                with tracing.suppressed():
                    totals = shared_cache.query(lambda: add(additions))
            except shared_cache.CacheUnavailable:
                self._take_back(told)
                return
            with self._lock:
                for count, total in zip(told.values(), totals, strict=True):
                    count.total, count.on_its_way = total, 0

    def _take_back(self, told: Mapping[str, Count]) -> None:
        with self._lock:
            for key, count in told.items():
                count.untold, count.on_its_way = count.untold + count.on_its_way, 0
                self._untold[key] = count
        self._some.set()

    def _purge(self) -> None:
        """Forget the counts whose time is over, now and then."""
        now = time.monotonic()
        if now < self._purge_at:
            return
        self._purge_at = now + PURGE_S
        for counts in (self._counts, self._untold):
            for key in [key for key, count in counts.items() if count.until < now]:
                del counts[key]

    def _begin(self) -> None:
        # By the first use, which is after the fork: a thread would not survive one.
        self._thread = threading.Thread(
            target=self._run, args=(self._some,), name="counts", daemon=True
        )
        self._thread.start()
        atexit.register(self.flush)

    def _run(self, some: threading.Event) -> None:
        while True:
            some.wait()
            time.sleep(FLUSH_S)
            if some is not self._some:
                return
            # Before the flush, so that what is counted during it is told by the next one.
            some.clear()
            self.flush()


background: Final = BackgroundCounts()
