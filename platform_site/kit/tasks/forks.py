"""What a thread does while no child may be forked.

A child gets every lock as it is at that moment, without the thread that held it. The lock of a
module that was just being imported is one: each run that needs the module then hangs until its time
is over, in that child, for as long as the child lives. Python hands no such lock back after a fork.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

WAIT_S: Final = 5.0
"""How long a fork waits. What takes longer waits for an answer, and holds no lock of a module."""


class ForkGuard:
    """Lets threads work beside each other, and forks when none of them does."""

    def __init__(self) -> None:
        self._child_begin()
        os.register_at_fork(
            before=self._fork_begin,
            after_in_parent=self._fork_end,
            after_in_child=self._child_begin,
        )

    @contextmanager
    def no_fork(self) -> Iterator[None]:
        """While this block runs, a fork of another thread waits, `WAIT_S` at most.

        One that waits is let in first: what then wants to begin waits for it.
        """
        with self._changed:
            self._changed.wait_for(lambda: not self._is_forking)
            self._working += 1
        try:
            yield
        finally:
            with self._changed:
                self._working -= 1
                self._changed.notify_all()

    def _fork_begin(self) -> None:
        self._changed.acquire()  # until the fork is over, so that nobody begins meanwhile
        self._is_forking = True
        self._changed.wait_for(lambda: not self._working, WAIT_S)

    def _fork_end(self) -> None:
        self._is_forking = False
        self._changed.notify_all()
        self._changed.release()

    def _child_begin(self) -> None:
        self._changed = threading.Condition()
        self._is_forking = False
        self._working = 0


no_fork: Final = ForkGuard().no_fork
"""The guard of this process: for each thread that imports, opens or asks what a child will, too."""
