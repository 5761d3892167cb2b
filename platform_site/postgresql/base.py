"""``ENGINE``: counted connections with a deadline, looked at before they are used."""

import select
from functools import cache
from typing import Any, Final

import psycopg
from django.db.backends.postgresql import base as django_base
from django_prometheus.db.backends.postgresql import base
from django_prometheus.db.common import ExportingCursorWrapper

from platform_site.postgresql.connections import BoundedConnection


class _Psycopg:
    """psycopg, save that its connections are ours."""

    connect = BoundedConnection.connect

    def __getattr__(self, name: str) -> Any:
        return getattr(psycopg, name)


class DatabaseWrapper(base.DatabaseWrapper):  # type: ignore[misc]  # untyped
    """Django's, over `BoundedConnection`, with a pool and without."""

    Database: Final = _Psycopg()
    health_check_done: bool

    def get_connection_params(self) -> dict[str, Any]:
        """Django's, with a counting cursor that is made once: theirs makes a class each time."""
        params: dict[str, Any] = django_base.DatabaseWrapper.get_connection_params(self)
        return {**params, "cursor_factory": _counting(params["cursor_factory"], self.alias)}

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """A connection. One that the server has closed meanwhile is thrown away by the pool."""
        while True:
            found = super().get_new_connection(conn_params)
            if self.pool is None or not has_news(found):
                return found
            found.close()
            found._pool.putconn(found)  # noqa: SLF001 - as Django does it

    def _set_autocommit(self, autocommit: bool) -> None:  # noqa: FBT001 - Django's
        """Django's, save that a connection which is so already is left alone.

        The pool's are: psycopg would go through what it does for a statement.
        """
        if self.connection.autocommit != autocommit:
            super()._set_autocommit(autocommit)

    def close_if_health_check_failed(self) -> None:
        """Django's for a connection that is kept without a pool, save that it asks nothing.

        One whose server has vanished without a word is found by the first statement.
        """
        kept = self.connection
        if kept is None or self.pool is not None or self.health_check_done:
            return
        if self.health_check_enabled and (kept.closed or has_news(kept)):
            self.close()
        self.health_check_done = True


@cache
def _counting(kind: type, alias: str) -> type:
    counting: type = ExportingCursorWrapper(kind, alias, DatabaseWrapper.vendor)
    return counting


def has_news(connection: psycopg.Connection[Any]) -> bool:
    """Whether the server has sent something unasked: in most cases that it is going.

    Asks nobody, so it costs the request no round trip.
    """
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return bool(poll.poll(0))
