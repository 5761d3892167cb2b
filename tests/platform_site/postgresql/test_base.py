"""A connection that the server has ended meanwhile is recognised without asking it anything."""

import select

import psycopg

from platform_site.postgresql.base import has_news


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
