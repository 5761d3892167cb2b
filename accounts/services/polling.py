"""Threads of a web process that do what no request waits for, and look for it from time to time."""

import random
import threading
from collections.abc import Callable
from typing import Final

import structlog
from django.db import connections

log = structlog.get_logger(__name__)

POLL_S: Final = 30.0
"""How often each looks for what is to be tried again, and for what other processes left."""


class Poller:
    """One thread by name; whoever has something for it wakes it."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._woken = threading.Event()

    @property
    def is_woken(self) -> bool:
        """Whether it has yet to look for what somebody woke it for."""
        return self._woken.is_set()

    def wake(self) -> None:
        """Have the thread of this process, if it has one, look now."""
        self._woken.set()

    def start(
        self, look: Callable[[], object], *, ends: Callable[[], bool] = lambda: False
    ) -> threading.Thread:
        """Call ``look`` whenever it is woken and from time to time, until ``ends``."""
        thread = threading.Thread(target=self._run, args=(look, ends), name=self._name, daemon=True)
        thread.start()
        return thread

    def _run(self, look: Callable[[], object], ends: Callable[[], bool]) -> None:
        while not ends():
            # Processes that began together do not all ask the database at the same moment.
            self._woken.wait(POLL_S * random.uniform(0.8, 1.2))  # noqa: S311 - no secret
            self._woken.clear()
            try:
                look()
            except Exception:
                log.exception("poll_failed", thread=self._name)
            finally:
                connections.close_all()  # a pool has few places, and most of the time it idles


MAILS: Final = Poller("mails")
AUDIT: Final = Poller("audit")
