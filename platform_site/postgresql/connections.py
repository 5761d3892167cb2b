"""Connections that wait for no answer longer than they may."""

from typing import Any

import psycopg
from psycopg import errors

from platform_site.kit.database import answer_timeout_s


class BoundedConnection(psycopg.Connection[Any]):
    """A connection that is closed when an answer does not come in time.

    The server's own limits say nothing when it is stopped, and TCP's say nothing either while its
    kernel goes on confirming what we send.
    """

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        """psycopg's, for as long as an answer may take here. Raises ``OperationalError``."""
        limit_s = answer_timeout_s() if timeout is None else timeout
        try:
            return super().wait(gen, interval, limit_s)
        except errors._WaitTimeout:  # noqa: SLF001 - psycopg's word for it has no public name
            if timeout is not None:
                raise  # psycopg itself has asked, and knows what to do
            self.pgconn.finish()  # its state is unknown: it must not go back to the pool
            raise psycopg.OperationalError(f"no answer in {limit_s} s") from None
