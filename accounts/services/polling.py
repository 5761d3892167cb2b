"""Threads of a web process that do what no request waits for, and look for it from time to time."""

import random
import threading
from collections.abc import Callable
from typing import Final

import structlog
from django.db import connections

log = structlog.get_logger(__name__)

POLL_S: Final = 30.0
"""How often most look for what is to be tried again, and for what other processes left."""


class Poller:
    """One thread by name; whoever has something for it wakes it.

    It looks every ``every_s`` seconds; ``None`` stands for `POLL_S`.
    """

    def __init__(self, name: str, *, every_s: float | None = None) -> None:
        self._name = name
        self._every_s = every_s
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
            every_s = self._every_s or POLL_S
            self._woken.wait(every_s * random.uniform(0.8, 1.2))  # noqa: S311 - no secret
            self._woken.clear()
            try:
                look()
            except Exception:
                log.exception("poll_failed", thread=self._name)
            finally:
                connections.close_all()  # a pool has few places, and most of the time it idles


MAILS: Final = Poller("mails")
AUDIT: Final = Poller("audit")
DENY_LIST: Final = Poller("deny_list", every_s=0.5)
"""So that what the list has lost, or missed, is there again within a second."""
