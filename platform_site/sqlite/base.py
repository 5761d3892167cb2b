"""``ENGINE``: SQLite, where those who write in one process stand in line.

It has one writer at a time. Whoever comes meanwhile knocks ten times a second, and with many at
the door an unlucky one is passed by until its time is over; in a line each has its turn. Writers
in other processes knock as ever, and it is SQLite's own lock that keeps two from writing at once.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from django.db.backends.sqlite3.base import SQLiteCursorWrapper
from django_prometheus.db.backends.sqlite3 import base

TURN_S: Final = 20.0
"""How long a turn is waited for; then it is as without a line."""
WRITES: Final = ("INSERT", "UPDATE", "DELETE", "REPLACE")


class Line:
    """The turn to write, of one thread of this process at a time."""

    def __init__(self) -> None:
        self.renew()

    def renew(self) -> None:
        """Forget whose turn it is: after a fork the others are not there."""
        self._turn = threading.Lock()

    def enter(self) -> bool:
        """Wait for the turn; whether it is ours, to be given on with `leave`."""
        return self._turn.acquire(timeout=TURN_S)

    def leave(self) -> None:
        """Give the turn on."""
        self._turn.release()

    @property
    def is_taken(self) -> bool:
        """Whether it is somebody's turn."""
        return self._turn.locked()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """For a block."""
        is_ours = self.enter()
        try:
            yield
        finally:
            if is_ours:
                self.leave()


line: Final = Line()
os.register_at_fork(after_in_child=line.renew)


class LinedCursor(SQLiteCursorWrapper):
    """Has a turn for a statement that writes outside of a transaction, and so is one itself."""

    def execute(self, query: str, params: Any = None) -> Any:
        """As Django's."""
        if self.connection.in_transaction or not query.startswith(WRITES):
            return super().execute(query, params)
        with line.turn():
            return super().execute(query, params)


class DatabaseWrapper(base.DatabaseWrapper):  # type: ignore[misc]  # untyped
    """Has a turn from the beginning of a transaction to its end."""

    CURSOR_CLASS = LinedCursor
    _is_in_line = False

    def _start_transaction_under_autocommit(self) -> None:
        self._is_in_line = line.enter()
        try:
            super()._start_transaction_under_autocommit()
        except BaseException:
            self._leave()
            raise

    def _commit(self) -> None:
        try:
            super()._commit()
        finally:
            self._leave()

    def _rollback(self) -> None:
        try:
            super()._rollback()
        finally:
            self._leave()

    def _close(self) -> None:
        try:
            super()._close()
        finally:
            self._leave()

    def _leave(self) -> None:
        if self._is_in_line:
            self._is_in_line = False
            line.leave()
