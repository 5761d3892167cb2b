"""Commands of Jobs and init containers wait for a server that may start after them."""

import time
from collections.abc import Callable
from typing import Final

from django.core.management.base import CommandError

PAUSE_S: Final = 2.0


def wait_until_nothing_lacks(
    lack: Callable[[], str], timeout_s: float, tell: Callable[[str], object]
) -> None:
    """Call ``lack`` every two seconds until it returns no words.

    ``lack`` looks once and says what is still missing, without secrets. Each change of its words
    goes to ``tell``. Raises `CommandError` with the last words after ``timeout_s`` seconds; with
    0 it looks once.
    """
    deadline = time.monotonic() + timeout_s
    told = ""
    while words := lack():
        left_s = deadline - time.monotonic()
        if left_s <= 0:
            raise CommandError(f"Gave up after {timeout_s:.0f} s: {words}")
        if words != told:
            tell(f"Waiting: {words}")
            told = words
        time.sleep(min(PAUSE_S, left_s))
