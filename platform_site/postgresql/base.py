"""``ENGINE``: counted connections with a deadline, looked at before they are used."""

import select
from typing import Any, Final

import psycopg
from django_prometheus.db.backends.postgresql import base

from platform_site.postgresql.connections import BoundedConnection


class _Psycopg:
    """psycopg, save that its connections are ours."""

    connect = BoundedConnection.connect

    def __getattr__(self, name: str) -> Any:
        return getattr(psycopg, name)


class DatabaseWrapper(base.DatabaseWrapper):  # type: ignore[misc]  # untyped
    """Django's, over `BoundedConnection`, with a pool and without."""

    Database: Final = _Psycopg()

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """A connection. One that the server has closed meanwhile is thrown away by the pool."""
        while True:
            found = super().get_new_connection(conn_params)
            if self.pool is None or not has_news(found):
                return found
            found.close()
            found._pool.putconn(found)  # noqa: SLF001 - as Django does it


def has_news(connection: psycopg.Connection[Any]) -> bool:
    """Whether the server has sent something unasked: in most cases that it is going.

    Asks nobody, so it costs the request no round trip.
    """
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return bool(poll.poll(0))
