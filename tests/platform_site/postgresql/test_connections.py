"""A connection waits for no answer longer than it may, and is closed when none has come."""

from collections.abc import Iterator

import psycopg
import pytest

from platform_site.postgresql import connections
from platform_site.postgresql.connections import BoundedConnection

ASLEEP = "SELECT pg_sleep(600)"


@pytest.fixture
def connection(postgresql_url: str) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    with BoundedConnection.connect(postgresql_url, autocommit=True) as connection:
        yield connection


def test_an_answer_that_does_not_come_closes_the_connection(
    connection: BoundedConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "answer_timeout_s", lambda: 0.05)
    with pytest.raises(psycopg.OperationalError, match=r"^no answer in 0\.05 s$"):
        connection.execute(ASLEEP)
    assert connection.closed, "its state is unknown, so nobody may use it again"


def test_without_a_limit_the_server_s_own_counts(
    connection: BoundedConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "answer_timeout_s", lambda: None)
    connection.execute("SET statement_timeout = 20")
    with pytest.raises(psycopg.errors.QueryCanceled):
        connection.execute(ASLEEP)
    assert not connection.closed
