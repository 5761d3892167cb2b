"""One database user a role: what each may read, and that a second run changes nothing."""

import hashlib
import hmac
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from psycopg import sql

from platform_site.management.commands.grant_database_roles import (
    APPEND_ONLY,
    MONITORING,
    TABLES,
    login,
)

USERS = (*TABLES, MONITORING)
PASSWORD = "p@ss/w:rd \"with' %s\\ everything"


@pytest.fixture
def urls(tmp_path: Path) -> Path:
    for role in TABLES:
        word = quote(PASSWORD, safe="")
        (tmp_path / role).write_text(f"postgresql://{role}:{word}@postgresql:5432/platform\n")
    return tmp_path


@pytest.fixture
def granted(transactional_db: None, urls: Path) -> Iterator[str]:
    """What the command said; the users are dropped afterwards, as they outlive the database."""
    said = StringIO()
    with without_users():
        call_command("grant_database_roles", urls=urls, stdout=said)
        yield said.getvalue()


@contextmanager
def without_users() -> Iterator[None]:
    """Drops every user at the end of the block: they outlive the database."""
    if connection.vendor != "postgresql":
        pytest.skip("database users are PostgreSQL's")
    yield
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolname FROM pg_roles WHERE rolname = ANY(%s)", [list(USERS)])
        for (user,) in cursor.fetchall():
            name = sql.Identifier(user)
            cursor.execute(sql.SQL("DROP OWNED BY {0}").format(name))
            cursor.execute(sql.SQL("DROP ROLE {0}").format(name))


def ask(user: str, statement: str) -> list[tuple[object, ...]]:
    settings = connection.settings_dict
    with psycopg.connect(
        host=settings["HOST"],
        port=settings["PORT"] or None,
        dbname=settings["NAME"],
        user=user,
        password=PASSWORD,
    ) as own:
        return own.execute(statement).fetchall()


@pytest.mark.parametrize(
    ("user", "table"),
    [
        ("auth", "accounts_user"),
        ("auth", "django_content_type"),
        ("auth", "django_migrations"),
        ("images", "images_image"),
        ("images", "django_migrations"),
        ("admin", "accounts_user"),
        ("admin", "images_image"),
        ("admin", "django_session"),
        ("images", "backup_run"),
        ("backup", "backup_run"),
        ("backup", "accounts_user"),
        ("backup", "images_image"),
        ("backup", "django_session"),
    ],
)
def test_a_role_reads_its_own_tables(granted: str, user: str, table: str) -> None:
    assert len(ask(user, f"TABLE {table}")) >= 0


@pytest.mark.parametrize(
    ("user", "table"),
    [
        ("images", "accounts_user"),
        ("images", "accounts_session"),
        ("images", "django_session"),
        ("auth", "images_image"),
        ("auth", "images_job"),
        ("auth", "django_session"),
        (MONITORING, "accounts_user"),
        (MONITORING, "images_image"),
    ],
)
def test_a_role_cannot_read_the_tables_of_another(granted: str, user: str, table: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        ask(user, f"TABLE {table}")


def test_auth_removes_the_admins_expired_sessions_unread(granted: str) -> None:
    statement = "DELETE FROM django_session WHERE expire_date < now() RETURNING 1"
    assert ask("auth", statement) == []


@pytest.mark.parametrize(
    ("user", "table"),
    [
        ("images", "accounts_user"),
        ("images", "accounts_session"),
        ("auth", "images_job"),
        ("images", "backup_run"),
        ("backup", "images_image"),
        ("backup", "accounts_user"),
    ],
)
def test_a_role_cannot_write_the_tables_of_another(granted: str, user: str, table: str) -> None:
    for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET id = id", f"TRUNCATE {table}"):  # noqa: S608
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            ask(user, statement)


@pytest.mark.parametrize("user", ["auth", "admin"])
@pytest.mark.parametrize("table", sorted(APPEND_ONLY))
def test_a_role_adds_to_the_audit_and_changes_nothing_of_it(
    granted: str, user: str, table: str
) -> None:
    assert ask(user, f"TABLE {table}") == []
    ask(user, f"INSERT INTO {table} SELECT * FROM {table} RETURNING 1")  # noqa: S608
    for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET id = id", f"TRUNCATE {table}"):  # noqa: S608
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            ask(user, statement)


@pytest.mark.parametrize("user", TABLES)
def test_no_role_can_make_a_table_or_a_user(granted: str, user: str) -> None:
    for statement in ("CREATE TABLE mine (id int)", "CREATE ROLE another"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            ask(user, statement)


def test_no_role_can_claim_a_migration(granted: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        ask("images", "INSERT INTO django_migrations (app, name) VALUES ('a', 'b')")


def test_a_password_with_every_character_is_the_one_that_opens(granted: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolpassword FROM pg_authid WHERE rolname = 'images'")
        scheme, rounds_and_salt, keys = cursor.fetchone()[0].split("$")
    rounds, salt = rounds_and_salt.split(":")
    salted = hashlib.pbkdf2_hmac("sha256", PASSWORD.encode(), b64decode(salt), int(rounds))
    client_key = hmac.digest(salted, b"Client Key", "sha256")
    assert scheme == "SCRAM-SHA-256"
    assert b64decode(keys.split(":")[0]) == hashlib.sha256(client_key).digest()


def test_a_right_that_a_role_should_not_have_is_taken_away(granted: str, urls: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute("GRANT SELECT ON accounts_user TO images")
    assert ask("images", "SELECT count(*) FROM accounts_user")
    call_command("grant_database_roles", urls=urls, migrate=True, stdout=StringIO())
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        ask("images", "SELECT count(*) FROM accounts_user")


def test_a_role_that_runs_keeps_its_rights_all_the_while(granted: str, urls: Path) -> None:
    """An upgrade grants beside the release that runs: between two statements it reads, too."""
    seen = []

    def look(execute: Any, *arguments: Any) -> Any:
        result = execute(*arguments)
        if "REVOKE" in str(arguments[0]) or "GRANT" in str(arguments[0]):
            statement = "SELECT has_table_privilege('images', 'images_job', 'UPDATE')"
            seen.extend(ask("images", statement))
        return result

    with connection.execute_wrapper(look):
        call_command("grant_database_roles", urls=urls, stdout=StringIO())
    assert len(seen) > len(TABLES)
    assert set(seen) == {(True,)}


def test_the_exporter_has_no_password(granted: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolpassword FROM pg_authid WHERE rolname = %s", [MONITORING])
        assert cursor.fetchone() == (None,)
    assert len(ask(MONITORING, "SELECT * FROM pg_stat_activity")) >= 1


def test_it_says_how_many_tables_each_role_has(granted: str) -> None:
    assert granted.splitlines()[-1] == "Every role has its own tables and no others."
    assert [line.split(":")[0] for line in granted.splitlines()[:-1]] == list(TABLES)


def test_where_nobody_backs_up_from_inside_there_is_no_such_user(
    transactional_db: None, urls: Path
) -> None:
    (urls / "backup").unlink()
    said = StringIO()
    with without_users():
        call_command("grant_database_roles", urls=urls, stdout=said)
        with pytest.raises(psycopg.OperationalError):
            ask("backup", "SELECT 1")
    assert "backup" not in said.getvalue()


@pytest.fixture
def former_owner(transactional_db: None) -> Iterator[str]:
    """Whom the server lets in, while the settings name an owner whom it does not."""
    if connection.vendor != "postgresql":
        pytest.skip("database users are PostgreSQL's")
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE newcomer SUPERUSER NOLOGIN")
    own = {key: connection.settings_dict[key] for key in ("USER", "PASSWORD")}
    connection.close()
    connection.settings_dict.update(USER="newcomer", PASSWORD=PASSWORD)
    yield str(own["USER"])
    connection.close()
    connection.settings_dict.update(own)
    with connection.cursor() as cursor:
        cursor.execute("DROP OWNED BY newcomer")
        cursor.execute("DROP ROLE newcomer")


def test_the_former_password_tells_the_server_the_new_one(former_owner: str, urls: Path) -> None:
    with pytest.raises(CommandError, match="the database gives no answer"):
        call_command("grant_database_roles", urls=urls, stdout=StringIO())
    (urls / "other").mkdir()
    former = quote(former_owner, safe="")
    (urls / "other" / "owner").write_text(f"postgresql://{former}:any@postgresql:5432/platform")
    said = StringIO()
    call_command("grant_database_roles", urls=urls, stdout=said)
    assert "no others" in said.getvalue()
    assert ask("newcomer", "SELECT current_user") == [("newcomer",)]


def test_a_missing_url_is_named(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="auth cannot be read: No such file"):
        login(tmp_path, "auth")


def test_a_url_without_a_password_is_refused_without_repeating_it(tmp_path: Path) -> None:
    (tmp_path / "auth").write_text("postgresql://somebody@host/db")
    with pytest.raises(CommandError, match="no database URL") as refused:
        login(tmp_path, "auth")
    assert "somebody" not in str(refused.value)
