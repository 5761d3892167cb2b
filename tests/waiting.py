"""Waiting in a test for what becomes so in its own time: another process, thread or report."""

import time
from collections.abc import Callable
from typing import Final

LONG_S: Final = 30.0
"""Far more than anything takes that is awaited here: only what never comes fails a test."""
EVERY_S: Final = 0.01


def until(
    is_so: Callable[[], object],
    words: Callable[[], str] = str,
    *,
    timeout_s: float = LONG_S,
    every_s: float = EVERY_S,
) -> None:
    """Ask again and again; fail with ``words`` when it never becomes so."""
    deadline = time.monotonic() + timeout_s
    while not is_so():
        assert time.monotonic() < deadline, words() or f"not so after {timeout_s} s"
        time.sleep(every_s)
