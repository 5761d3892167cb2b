"""A connection that the server has ended meanwhile is recognised without asking it anything."""

import select
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import connection
from prometheus_client import REGISTRY

from platform_site.postgresql.base import DatabaseWrapper, has_news
from platform_site.postgresql.connections import BoundedConnection


def test_an_idle_connection_has_nothing_to_say_until_the_server_ends_it(
    postgresql_url: str,
) -> None:
    with (
        psycopg.connect(postgresql_url, autocommit=True) as held,
        psycopg.connect(postgresql_url, autocommit=True) as other,
    ):
        held.execute("SELECT 1")
        assert not has_news(held)
        other.execute("SELECT pg_terminate_backend(%s)", [held.info.backend_pid])
        select.select([held.fileno()], [], [], 30)  # until the word has come through the socket
        assert has_news(held)


@pytest.fixture
def kept(transactional_db: None) -> Iterator[Any]:
    """The connection of this thread as a worker keeps it over its tasks."""
    if connection.vendor != "postgresql":
        pytest.skip("of PostgreSQL")
    connection.close()
    connection.settings_dict.update(CONN_MAX_AGE=60, CONN_HEALTH_CHECKS=True)
    yield connection
    connection.settings_dict.update(CONN_MAX_AGE=0, CONN_HEALTH_CHECKS=False)
    connection.close()


def backend_pid() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def test_a_kept_connection_is_used_again_without_a_question(kept: Any) -> None:
    before = backend_pid()
    kept.close_if_unusable_or_obsolete()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(DatabaseWrapper, "is_usable", None)
        assert backend_pid() == before


def test_one_that_the_server_has_ended_between_two_tasks_is_made_anew(
    kept: Any, postgresql_url: str
) -> None:
    before = backend_pid()
    kept.close_if_unusable_or_obsolete()
    with psycopg.connect(postgresql_url, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [before])
    select.select([kept.connection.fileno()], [], [], 30)
    assert backend_pid() != before


@pytest.mark.django_db
def test_statements_are_counted_by_cursors_of_one_class() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("of PostgreSQL")

    def counted() -> float:
        labels = {"alias": "default", "vendor": "postgresql"}
        return REGISTRY.get_sample_value("django_db_execute_total", labels) or 0.0

    before = counted()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        kind = type(cursor.cursor)
    assert counted() == before + 1
    kinds = {connection.get_connection_params()["cursor_factory"] for _ in range(2)}
    assert kinds == {kind}


@pytest.mark.django_db(transaction=True)
def test_nothing_is_set_on_a_connection_that_is_so_already(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("of PostgreSQL")
    connection.ensure_connection()
    assert connection.connection.autocommit
    was_set, really_set = [], BoundedConnection.set_autocommit

    def set_autocommit(self: BoundedConnection, value: bool) -> None:  # noqa: FBT001 - psycopg's
        was_set.append(value)
        really_set(self, value)

    monkeypatch.setattr(BoundedConnection, "set_autocommit", set_autocommit)
    for value in (True, True, False, False, True):
        connection.set_autocommit(value)
    assert was_set == [False, True]
