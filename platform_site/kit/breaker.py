"""A circuit breaker: where most calls fail, fail at once for a while instead of waiting again."""

import threading
import time


class Breaker:
    """Opens when ``share`` of at least ``least_calls`` in ``window_s`` seconds have failed.

    One slow answer, or one connection that was reset, opens nothing. While it is open, one call is
    let through every ``open_s`` seconds; the first that succeeds closes it. Safe to share between
    threads. Time is monotonic.
    """

    def __init__(
        self,
        *,
        least_calls: int = 5,
        share: float = 0.5,
        window_s: float = 10.0,
        open_s: float = 1.0,
    ) -> None:
        self._least_calls = least_calls
        self._share = share
        self._window_s = window_s
        self._open_s = open_s
        self._is_open = False
        self._retry_at = 0.0
        self._lock = threading.Lock()
        self._begin_anew(0.0)

    def allows(self) -> bool:
        """Whether a call may be tried now. The one that is let through re-arms the wait."""
        if not self._is_open:
            return True
        with self._lock:
            now = time.monotonic()
            if now < self._retry_at:
                return False
            # Set before the trial ends, so that only one caller waits for what is probably still
            # down.
            self._retry_at = now + self._open_s
            return True

    def succeeded(self) -> None:
        """Count a call that got an answer."""
        with self._lock:
            if self._is_open:
                self._is_open = False
                self._begin_anew(time.monotonic())
            self._count()

    def failed(self) -> None:
        """Count a call that got none, or got it too late."""
        with self._lock:
            self._count()
            self._failures += 1
            now = time.monotonic()
            self._retry_at = now + self._open_s
            enough = self._calls >= self._least_calls
            if enough and self._failures >= self._share * self._calls:
                self._is_open = True

    @property
    def is_open(self) -> bool:
        """Whether the last calls have failed: one that is allowed now is a trial."""
        return self._is_open

    @property
    def retry_after_s(self) -> int:
        """Whole seconds until the next try, at least one."""
        return max(1, round(self._retry_at - time.monotonic()))

    def _count(self) -> None:
        now = time.monotonic()
        if now >= self._ends_at and not self._is_open:
            self._begin_anew(now)
        self._calls += 1

    def _begin_anew(self, now: float) -> None:
        self._ends_at = now + self._window_s
        self._calls = self._failures = 0
