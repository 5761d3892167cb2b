"""Users of the database and of the store take turns, and nobody is shut out meanwhile."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection
from psycopg import sql

from platform_site.management.commands.grant_database_roles import MONITORING, OPTIONAL, TABLES
from platform_site.secrets import generation, key_files
from platform_site.secrets.rotated_users import STORE, STORE_ID, STORE_KEY, other_url, twin
from platform_site.secrets.rotation import rotate

NOON = datetime(2099, 6, 1, 12, tzinfo=UTC)
LATER = timedelta(hours=1)
ROLES = ("admin", "auth", "images", "worker")


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    for role, files in generation.cluster(generation.KeyMaterial()).items():
        generation.write(tmp_path / role, files)
    return tmp_path


def user_of(directory: Path, role: str) -> str:
    return str(urlsplit((directory / role / "database-url").read_text()).username)


def test_twins_take_turns() -> None:
    assert twin("images") == "images_2"
    assert twin(twin("images")) == "images"


def test_the_roles_that_are_one_user_stay_one(directory: Path) -> None:
    for step in ("begin", "switch", "finish", "begin", "switch"):
        rotate(directory, "database", step, now=NOON)
        urls = {(directory / role / "database-url").read_text() for role in ("images", "worker")}
        assert len(urls) == 1
    assert [user_of(directory, role) for role in ROLES] == ["admin", "auth", "images", "images"]


def test_a_lost_url_is_made_anew_for_the_user_of_today(directory: Path) -> None:
    for step in ("begin", "switch"):
        rotate(directory, "database", step, now=NOON)
    kept = (directory / "worker" / "database-url").read_text()
    for role in ("images", "worker"):
        (directory / role / "database-url").unlink()
        assert key_files.missing(directory)[role]["database-url"] == kept
        (directory / role / "database-url").write_text(kept)


class Server:
    """The database of the test as the Job and the roles of ``directory`` come to it."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._urls = directory / "job"

    def job(self) -> str:
        """What the Job that makes the users says; it reads the files as its volumes give them."""
        (self._urls / "other").mkdir(parents=True, exist_ok=True)
        for role in sorted(TABLES.keys() - OPTIONAL):
            url = (self._directory / role / "database-url").read_text()
            (self._urls / role).write_text(url)
            other = (self._directory / other_url(role)).read_text()
            (self._urls / "other" / role).write_text(other)
        said = StringIO()
        call_command("grant_database_roles", urls=self._urls, stdout=said)
        return said.getvalue()

    def opens(self, url: str) -> bool:
        """Whether somebody with this URL reads the migrations."""
        parts, settings = urlsplit(url), connection.settings_dict
        try:
            with psycopg.connect(
                host=settings["HOST"],
                port=settings["PORT"] or None,
                dbname=settings["NAME"],
                user=parts.username,
                password=parts.password,
            ) as own:
                own.execute("TABLE django_migrations")
        except psycopg.Error:
            return False
        return True

    def urls(self) -> dict[str, str]:
        """What each role holds at the moment."""
        return {role: (self._directory / role / "database-url").read_text() for role in ROLES}


@pytest.fixture
def server(transactional_db: None, directory: Path) -> Iterator[Server]:
    if connection.vendor != "postgresql":
        pytest.skip("database users are PostgreSQL's")
    yield Server(directory)
    with connection.cursor() as cursor:
        for user in (*TABLES, *map(twin, TABLES), MONITORING):
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [user])
            if cursor.fetchone():
                name = sql.Identifier(user)
                cursor.execute(sql.SQL("DROP OWNED BY {0}").format(name))
                cursor.execute(sql.SQL("DROP ROLE {0}").format(name))


def test_pods_of_before_and_after_a_step_both_come_in(directory: Path, server: Server) -> None:
    server.job()
    first = server.urls()
    rotate(directory, "database", "begin", now=NOON)
    assert server.urls() == first
    server.job()
    rotate(directory, "database", "switch", now=NOON)
    second = server.urls()
    # A pod may have the new URL before the Job runs again, and an old one lives on beside it.
    assert [server.opens(url) for url in (*first.values(), *second.values())] == [True] * 8
    server.job()
    assert [server.opens(url) for url in (*first.values(), *second.values())] == [True] * 8
    rotate(directory, "database", "finish", now=NOON)
    held = psycopg.connect(_at_test_server(first["images"]))
    assert "images: shut out" in server.job()
    assert not any(server.opens(url) for url in first.values())
    assert all(server.opens(url) for url in second.values())
    with pytest.raises(psycopg.Error):
        held.execute("SELECT 1")
    assert "shut out" not in server.job()


def test_a_user_of_that_name_who_is_somebody_elses_is_left_alone(
    directory: Path, server: Server
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE images_2 LOGIN PASSWORD 'of another platform'")
    assert "shut out" not in server.job()
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolcanlogin FROM pg_roles WHERE rolname = 'images_2'")
        assert cursor.fetchone() == (True,)


def _at_test_server(url: str) -> str:
    settings, parts = connection.settings_dict, urlsplit(url)
    netloc = f"{parts.username}:{parts.password}@"
    query = f"host={settings['HOST']}&port={settings['PORT'] or ''}"
    return urlunsplit(parts._replace(netloc=netloc, path=f"/{settings['NAME']}", query=query))


def test_the_user_of_the_store_is_made_then_used_then_removed(directory: Path) -> None:
    def pair(prefix: str = "") -> tuple[str, str]:
        texts = [
            (directory / STORE / f"{prefix}{name}").read_text() for name in (STORE_ID, STORE_KEY)
        ]
        return texts[0], texts[1]

    first = pair()
    rotate(directory, "store", "begin", now=NOON)
    new = pair("other-")
    assert (pair(), new[0]) == (first, "images_2")
    rotate(directory, "store", "switch", now=NOON)
    assert (pair(), pair("other-")) == (new, first)
    for name, value in zip((STORE_ID, STORE_KEY), new, strict=True):
        assert {file.read_text() for file in key_files.holders(directory, name)} == {value}
    rotate(directory, "store", "finish", now=NOON + LATER)
    assert pair("other-") == ("images", "")


def test_nothing_is_said_beside_the_journal(directory: Path) -> None:
    rotate(directory, "database", "begin", now=NOON)
    journal = json.loads((directory / "rotations.json").read_text())
    assert journal == {"database": ["begin", NOON.isoformat()]}
