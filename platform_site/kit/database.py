"""A lost database, told apart from a mistake of ours; and how long a question to it may take."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

from django.conf import settings
from django.db import Error, InterfaceError, OperationalError, connection

from platform_site.kit.rest.problems import DomainError

LOST_CLASSES: Final = ("08", "53", "57", "58")
"""SQLSTATE classes: connection, resources, operator's intervention and time limits, system."""
LOST_STATES: Final = frozenset(
    {
        "25006",  # read-only: it stands by, or is recovering
        "25P03",  # a transaction was left idle for too long
        "25P04",  # a transaction took too long
        "40001",  # lost against another transaction
        "40P01",  # likewise
        "55000",  # it takes no connections
        "55P03",  # a lock was held for too long
    }
)
LOST_SQLITE: Final = ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_CANTOPEN", "SQLITE_IOERR")
MARGIN_S: Final = 0.3
"""How much longer than the server's own limit its answer is waited for, so that its word wins."""

_statement_s: ContextVar[float | None] = ContextVar("statement_s", default=None)


class DatabaseUnavailable(DomainError):
    """The database gives no answer, or not in time: nothing that the role itself has done."""

    status = 503
    code = "database_unavailable"
    title = "The database gives no answer at the moment"
    lost_part = "database"


def is_lost(exc: BaseException) -> bool:
    """Whether ``exc`` says that the database is lost, hung or busy; the same may work later.

    A statement that can never work is a mistake of ours.
    """
    if not isinstance(exc, Error):
        return False
    cause = exc.__cause__ or exc
    if isinstance(cause, sqlite3.Error):
        return getattr(cause, "sqlite_errorname", "").startswith(LOST_SQLITE)
    state = getattr(cause, "sqlstate", None)
    if state is None:  # the client's own word: refused, reset, closed, or no answer in time
        return isinstance(exc, OperationalError | InterfaceError)
    return state in LOST_STATES or state.startswith(LOST_CLASSES)


def answer_timeout_s() -> float | None:
    """How long the answer to one statement may be waited for here and now; ``None``: for ever.

    A server that is stopped, or a network that swallows, keeps no limit of its own.
    """
    limit_s = _statement_s.get()
    if limit_s is None:
        limit_s = settings.DATABASES["default"].get("STATEMENT_TIMEOUT_S", 0.0)
    return limit_s + MARGIN_S if limit_s else None


@contextmanager
def statements_of(limit_s: float, *, for_session: bool = False) -> Iterator[None]:
    """Let each statement of the transaction in hand take ``limit_s`` seconds.

    For one that touches many rows, in a role where statements are short. To be entered inside
    ``atomic``, with which the server forgets it; or ``for_session``, by a command that keeps its
    connection to itself.
    """
    token = _statement_s.set(limit_s)
    try:
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT set_config('statement_timeout', %s, %s)",
                    [f"{limit_s * 1000:.0f}", not for_session],
                )
        yield
    finally:
        _statement_s.reset(token)
