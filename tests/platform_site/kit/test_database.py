"""What is told as a lost database, and what stays a mistake of ours; asked of real servers."""

import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from django.db import Error, InterfaceError, OperationalError, connection, transaction
from django.db.utils import DatabaseErrorWrapper

from platform_site.kit.database import (
    MARGIN_S,
    DatabaseUnavailable,
    answer_timeout_s,
    is_lost,
    statements_of,
)
from platform_site.kit.rest.exceptions import as_domain_error

pytestmark = pytest.mark.django_db

LOST = {
    "a statement that takes too long": "SET LOCAL statement_timeout = 20; SELECT pg_sleep(5)",
    "a server that is shutting down": "SELECT raised('57P01')",
    "a server that starts": "SELECT raised('57P03')",
    "too many connections": "SELECT raised('53300')",
    "a full disk": "SELECT raised('53100')",
    "a lock that is held": "SELECT raised('55P03')",
    "a deadlock": "SELECT raised('40P01')",
    "a standby": "SET TRANSACTION READ ONLY; CREATE TABLE a (b int)",
    "an idle transaction": "SELECT raised('25P03')",
}
OURS = {
    "a table that is missing": "SELECT * FROM nowhere",
    "a syntax error": "SELEC 1",
    "a division": "SELECT 1/0",
    "a transaction that has failed": "SELECT raised('25P02')",
    "a right that is missing": "SELECT raised('42501')",
    "a duplicate": "SELECT raised('23505')",
}


@pytest.fixture
def raising() -> None:
    """A function of the database that raises what it is told."""
    if connection.vendor != "postgresql":
        pytest.skip("PostgreSQL's states")
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION pg_temp.raised(state text) RETURNS void LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'told to' USING ERRCODE = state; END $$"
        )


def failure(sql: str) -> Error:
    with (
        pytest.raises(Error) as raised,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql.replace("raised(", "pg_temp.raised("))
    return raised.value


@pytest.mark.parametrize("sql", LOST.values(), ids=LOST)
def test_what_may_work_later_is_unavailable(raising: None, sql: str) -> None:
    told = as_domain_error(failure(sql))
    assert isinstance(told, DatabaseUnavailable)
    assert (told.status, told.code) == (503, "database_unavailable")
    assert told.headers == {"Retry-After": "1"}


@pytest.mark.parametrize("sql", OURS.values(), ids=OURS)
def test_what_can_never_work_stays_a_fault_of_ours(raising: None, sql: str) -> None:
    assert as_domain_error(failure(sql)) is None


@pytest.mark.parametrize("kind", [psycopg.OperationalError, psycopg.InterfaceError])
def test_a_connection_that_breaks_is_lost(kind: type[Exception]) -> None:
    with pytest.raises(Error) as raised, DatabaseErrorWrapper(connection):
        raise kind("server closed the connection unexpectedly")
    assert is_lost(raised.value) == (connection.vendor == "postgresql")
    assert is_lost(InterfaceError("connection already closed"))


def test_a_busy_file_is_lost_and_a_missing_table_is_not(tmp_path: Path) -> None:
    with (
        closing(sqlite3.connect(tmp_path / "a.sqlite3")) as other,
        closing(sqlite3.connect(tmp_path / "a.sqlite3", timeout=0)) as ours,
    ):
        other.execute("BEGIN EXCLUSIVE")

        def told(statement: str) -> bool:
            with pytest.raises(sqlite3.OperationalError) as raised:
                ours.execute(statement)
            error = OperationalError()
            error.__cause__ = raised.value
            return is_lost(error)

        assert told("CREATE TABLE a (b)")
        other.rollback()
        assert not told("SELECT * FROM nowhere")


def test_a_named_statement_may_take_longer_and_only_that(raising: None) -> None:
    def limit_ms() -> str:
        with connection.cursor() as cursor:
            cursor.execute("SELECT setting FROM pg_settings WHERE name = 'statement_timeout'")
            return str(cursor.fetchone()[0])

    before = answer_timeout_s()
    with transaction.atomic(), statements_of(8.0):
        assert (limit_ms(), answer_timeout_s()) == ("8000", 8.0 + MARGIN_S)
    assert answer_timeout_s() == before
