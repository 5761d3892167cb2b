"""The threads of a web process, and how they speak to its main loop, without futures and locks."""

import os
import threading
from collections.abc import Callable, Hashable
from contextlib import suppress
from queue import SimpleQueue
from typing import Any, Final

from gunicorn.workers.gthread import PollableMethodQueue

WAKE_UP: Final = b"\x00"
WAKE_UPS: Final = 4096


class Threads:
    """Up to ``most`` threads that ``work`` on what they are given; begun when none is free.

    It stands in for the ``ThreadPoolExecutor`` of gunicorn, whose futures nobody waits for.
    """

    def __init__(self, most: int, work: Callable[[Any], None]) -> None:
        self._most = most
        self._work = work
        self._given: SimpleQueue[Hashable | None] = SimpleQueue()
        self._busy: set[Hashable] = set()
        self._threads: set[threading.Thread] = set()

    def give(self, item: Hashable) -> None:
        """Let a thread work on ``item``, now or when one is free; called by the main loop alone."""
        self._busy.add(item)
        self._given.put(item)
        if len(self._threads) < min(len(self._busy), self._most):
            thread = threading.Thread(target=self._run, name="web")
            self._threads.add(thread)
            thread.start()

    def shutdown(self, *, wait: bool = True) -> None:
        """End each thread when it has done what was given before; ``wait`` until then."""
        threads = [*self._threads]
        for _ in threads:
            self._given.put(None)
        for thread in threads if wait else []:
            thread.join()

    def _run(self) -> None:
        try:
            while (item := self._given.get()) is not None:
                try:
                    self._work(item)
                finally:
                    self._busy.discard(item)
        finally:  # also after an error that nobody foresaw: another one takes its place
            self._threads.discard(threading.current_thread())


class Deferred(PollableMethodQueue):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn's queue of what threads ask of the main loop, which is woken once for many."""

    def __init__(self) -> None:
        super().__init__()
        self._is_woken = False

    def defer(self, callback: Callable[..., None], *args: Any) -> None:
        """Let the main loop call ``callback``."""
        self._queue.put((callback, args))
        if not self._is_woken:
            self._is_woken = True
            with suppress(OSError):  # full, so that it wakes anyway
                os.write(self._write_fd, WAKE_UP)

    def run_callbacks(self, _fileobj: Any, max_callbacks: int = 0) -> None:  # noqa: ARG002 - gunicorn's
        """Call what is there. What is deferred from now on wakes the loop again."""
        with suppress(OSError):
            os.read(self._read_fd, WAKE_UPS)
        self._is_woken = False
        for _ in range(self._queue.qsize()):
            callback, args = self._queue.get_nowait()
            callback(*args)
