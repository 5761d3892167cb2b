"""A circuit breaker: after repeated failures, fail at once for a while instead of waiting again."""

import threading
import time


class Breaker:
    """Opens after ``failures`` in a row and lets one call try again after ``open_s`` seconds.

    Safe to share between threads. Time is monotonic.
    """

    def __init__(self, *, failures: int, open_s: float) -> None:
        self._limit = failures
        self._open_s = open_s
        self._failed = 0
        self._retry_at = 0.0
        self._lock = threading.Lock()

    def allows(self) -> bool:
        """Whether a call may be tried now. The one that is let through re-arms the wait."""
        if self._failed < self._limit:
            return True
        with self._lock:
            now = time.monotonic()
            if now < self._retry_at:
                return False
            self._retry_at = now + self._open_s
            return True

    def succeeded(self) -> None:
        """Tell that a call got an answer."""
        self._failed = 0

    def failed(self) -> None:
        """Tell that a call got none."""
        with self._lock:
            self._failed += 1
            self._retry_at = time.monotonic() + self._open_s

    @property
    def retry_after_s(self) -> int:
        """Whole seconds until the next try, at least one."""
        return max(1, round(self._retry_at - time.monotonic()))
