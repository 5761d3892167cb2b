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
    """Lets one thread at a time work, and forks in between. One for each kind of thread."""

    def __init__(self) -> None:
        self._working = threading.Lock()
        self._is_held_by_fork = False
        os.register_at_fork(
            before=self._fork_begin,
            after_in_parent=self._fork_end,
            after_in_child=self._child_begin,
        )

    @contextmanager
    def no_fork(self) -> Iterator[None]:
        """While this block runs, a fork of another thread waits, `WAIT_S` at most."""
        with self._working:
            yield

    def _fork_begin(self) -> None:
        self._is_held_by_fork = self._working.acquire(timeout=WAIT_S)

    def _fork_end(self) -> None:
        if self._is_held_by_fork:
            self._working.release()

    def _child_begin(self) -> None:
        self._working = threading.Lock()
