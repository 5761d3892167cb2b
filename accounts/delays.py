"""Waiting that grows: after some tries by one key, one at a time, each after twice the wait.

Nobody sleeps in a request: who is too early is told when to come back. All of it is counted in the
shared cache, by commands that are each atomic there, so processes count as one.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from django.core.cache import cache

from platform_site.kit import shared_cache
from platform_site.kit.rest.rate_limits import LimiterUnavailable, RateDecision, uses_count
from platform_site.kit.rest.shared_counts import CacheChanges, numbers

LONGEST_S: Final = 900
"""No wait is longer: who shares a network with an attacker is in within a quarter of an hour."""
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class DelayedTry:
    """One try of ``delay``, counted. ``used`` is 0 for one after a wait."""

    delay: "Delay"
    decision: RateDecision
    used: int

    def forget(self, changes: CacheChanges) -> None:
        """What was tried turned out to be right: with ``changes``, the key has tried nothing."""
        self.delay.forget(changes)

    def uncount(self) -> None:
        """Nobody looked at what was tried, so the next one may come at once."""
        self.delay.uncount(self.used)


@dataclass(frozen=True, slots=True)
class Delay:
    """``free`` tries by ``key``, then one each after ``first_s``, twice that, and so on.

    It begins anew when ``memory_s`` seconds are over without one.
    """

    scope: str
    key: str
    free: int
    first_s: int
    memory_s: int

    def wait_s(self) -> int:
        """The seconds until the next try; 0 when it may come. Raises `LimiterUnavailable`."""
        return _left_s(_asked(lambda: cache.get(self._name("wait"))))

    def count(self) -> DelayedTry:
        """Count one try; the caller decides what a refusal means. Raises `LimiterUnavailable`."""
        names = [self._name("wait"), self._name("used")]
        ends_at, used_before = _asked(lambda: numbers(names)) or (None, None)
        if waiting_s := _left_s(ends_at):
            return self._refused(waiting_s)
        if (used_before or 0) < self.free:
            used = uses_count(self._name("used"), ttl_s=self.memory_s)
            if used == self.free:
                self.begin()
            # Those at once beyond the last one are no tries: they have not waited.
            return self._allowed(used) if used <= self.free else self._refused(self.first_s)
        return self._after_a_wait()

    def begin(self) -> DelayedTry:
        """Let no try come before the first wait is over; a refusal that says so."""
        # The wait first: with a step and without a wait, somebody could come at once.
        _asked(lambda: cache.add(self._name("wait"), time.time() + self.first_s, self.first_s))
        _asked(lambda: cache.add(self._name("step"), 1, self.memory_s))
        return self._refused(self.first_s)

    def forget(self, changes: CacheChanges) -> None:
        """Begin anew, with ``changes``."""
        changes.forget(*(self._name(part) for part in ("used", "step", "wait")))

    def uncount(self, used: int) -> None:
        """Count the try no more that ``used`` was the number of; 0 is one after a wait."""
        if used:
            _asked(lambda: cache.incr(self._name("used"), -1))
        else:
            _asked(lambda: cache.incr(self._name("step"), -1))
        if used in {0, self.free}:
            _asked(lambda: cache.delete(self._name("wait")))

    def _after_a_wait(self) -> DelayedTry:
        step = _asked(lambda: cache.get(self._name("step")))
        if step is None:  # whoever had the last free try is about to write it, or never came to
            return self.begin()
        wait_s = min(self.first_s * 2 ** min(int(step), 20), LONGEST_S)
        ends_at = time.time() + wait_s
        # Of several at once one sets it, and has the try.
        if not _asked(lambda: cache.add(self._name("wait"), ends_at, wait_s)):
            return self._refused(self.wait_s() or 1)
        uses_count(self._name("step"), ttl_s=self.memory_s)
        _asked(lambda: cache.touch(self._name("used"), self.memory_s))
        return self._allowed(0)

    def _allowed(self, used: int) -> DelayedTry:
        left = self.free - used if used else 0
        return self._tried(allowed=True, remaining=left, reset_s=self.memory_s, used=used)

    def _refused(self, wait_s: int) -> DelayedTry:
        return self._tried(allowed=False, remaining=0, reset_s=wait_s, used=0)

    def _tried(self, *, allowed: bool, remaining: int, reset_s: int, used: int) -> DelayedTry:
        decision = RateDecision(
            self.scope, allowed, self.free, remaining, reset_s, window_s=self.memory_s
        )
        return DelayedTry(self, decision, used)

    def _name(self, part: str) -> str:
        return f"delay:{self.scope}:{part}:{self.key}"


def _left_s(ends_at: float | None) -> int:
    return 0 if ends_at is None else max(1, round(ends_at - time.time()))


def _asked(command: Callable[[], Result]) -> Result | None:
    """What the cache says; ``None`` for a key that has gone. Raises `LimiterUnavailable`."""
    try:
        return shared_cache.query(command)
    except ValueError:  # Django's word for a count that has ended
        return None
    except shared_cache.CacheUnavailable as exc:
        raise LimiterUnavailable(retry_after_s=1) from exc
