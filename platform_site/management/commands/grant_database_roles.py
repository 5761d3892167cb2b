"""``manage.py grant_database_roles``: one database user a role, with its own app's tables only.

Runs as the owner of the tables, in the Job that migrates. What a role may use is said here once:
a table that no role is granted stays the owner's.
"""

import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, ProgrammingError, connection, transaction
from psycopg import sql

from platform_site.management.waiting import wait_until_nothing_lacks
from platform_site.secrets.rotated_users import twin

LOCK: Final = 0x1A6E_0001  # any number, the same in every release
LOCK_PAUSE_S: Final = 0.5
READ_BY_ALL: Final = ("django_migrations",)
# Tables by prefix. `admin` serves Django's admin over everything.
TABLES: Final = {
    "auth": ("accounts_", "auth_", "django_content_type"),
    "images": ("images_",),
    "admin": ("",),
    "backup": ("backup_",),
}
# Where nobody backs up from inside, there is no file for it and no such user.
OPTIONAL: Final = frozenset({"backup"})
# Reads every row and writes none but its own: what a dump of the whole database takes.
READS_EVERYTHING: Final = frozenset({"backup"})
# Tables of somebody else that the role reads: a worker tells Prometheus of the backups.
READ: Final = {"images": ("backup_run",)}
# Entries are added and read, and nobody's to change: not even the admin's.
APPEND_ONLY: Final = frozenset({"accounts_audit_entry", "accounts_audit_head"})
# Tables of somebody else whose old rows the role's housekeeping removes by a column, unread.
CLEANED: Final = {"auth": {"django_session": "expire_date"}}
MONITORING: Final = "monitoring"


@dataclass(frozen=True, slots=True)
class DatabaseLogin:
    """The database user of a role, as the role's own URL names it."""

    role: str
    user: str
    password: str


class Command(BaseCommand):
    help = "Make one database user a role and grant it its own tables; --migrate first."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--urls",
            type=Path,
            required=True,
            help="directory with a database URL in a file a role",
        )
        parser.add_argument("--migrate", action="store_true", help="apply the migrations first")
        parser.add_argument("--wait", type=float, default=0.0, help="seconds to wait for a server")

    def handle(self, *_args: Any, urls: Path, migrate: bool, wait: float, **_options: Any) -> None:
        if connection.vendor != "postgresql":
            raise CommandError(f"Database users are PostgreSQL's; this is {connection.vendor}.")
        logins = [
            login(urls, role) for role in TABLES if role not in OPTIONAL or (urls / role).exists()
        ]
        others = [found for role in TABLES if (found := other_login(urls, role))]
        silence = partial(_silence, other_login(urls, "owner"))
        wait_until_nothing_lacks(silence, wait, self.stdout.write)
        with _advisory_lock():
            if migrate:
                call_command("migrate", interactive=False, verbosity=1, stdout=self.stdout)
            for entry in [*logins, *others]:
                self.stdout.write(f"{entry.role}: {grant(entry)} tables for {entry.user}")
            for user in former_users(logins, others):
                shut_out(user)
                self.stdout.write(f"{user}: shut out")
            if not grant_monitoring():
                self.stdout.write(f"no user {MONITORING}: this owner may not grant pg_monitor")
        self.stdout.write(self.style.SUCCESS("Every role has its own tables and no others."))


def login(directory: Path, role: str) -> DatabaseLogin:
    """Reads ``directory/role``. Raises `CommandError` that names the file, never its content."""
    file = directory / role
    try:
        parts = urlsplit(file.read_text(encoding="utf-8").strip())
    except OSError as exc:
        raise CommandError(f"{file} cannot be read: {exc.strerror}") from exc
    if not parts.username or not parts.password:
        raise CommandError(f"{file} is no database URL with a user and a password.")
    return DatabaseLogin(role, unquote(parts.username), unquote(parts.password))


def other_login(directory: Path, role: str) -> DatabaseLogin | None:
    """Reads ``directory/other/role``: who else is to be there during a rotation, if anybody."""
    file = directory / "other" / role
    if not file.is_file() or not file.read_text(encoding="utf-8").strip():
        return None
    return login(file.parent, role)


def grant(entry: DatabaseLogin) -> int:
    """Make ``entry`` able to use its tables and nothing else; the number of tables it may use."""
    own = [name for name in _tables() if name.startswith(TABLES[entry.role])]
    user = sql.Identifier(entry.user)
    _make_user(entry.user, entry.password)
    # All at once: the release that runs meanwhile goes on using its tables.
    with transaction.atomic(), connection.cursor() as cursor:
        # Revoked first, so that a table that has changed hands is taken from its former role.
        for target in ("ALL TABLES IN SCHEMA public", "ALL SEQUENCES IN SCHEMA public"):
            cursor.execute(sql.SQL("REVOKE ALL ON {} FROM {}").format(sql.SQL(target), user))
        cursor.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(user))
        if entry.role in READS_EVERYTHING:
            for target in ("ALL TABLES IN SCHEMA public", "ALL SEQUENCES IN SCHEMA public"):
                cursor.execute(sql.SQL("GRANT SELECT ON {} TO {}").format(sql.SQL(target), user))
        for name in (*READ_BY_ALL, *READ.get(entry.role, ())):
            statement = sql.SQL("GRANT SELECT ON {} TO {}")
            cursor.execute(statement.format(sql.Identifier(name), user))
        for name in own:
            rights = "SELECT, INSERT" if name in APPEND_ONLY else "SELECT, INSERT, UPDATE, DELETE"
            statement = sql.SQL(f"GRANT {rights} ON {{}} TO {{}}")
            cursor.execute(statement.format(sql.Identifier(name), user))
        for name, column in CLEANED.get(entry.role, {}).items():
            statement = sql.SQL("GRANT SELECT ({}), DELETE ON {} TO {}")
            cursor.execute(statement.format(sql.Identifier(column), sql.Identifier(name), user))
        for name in _sequences(own):
            statement = sql.SQL("GRANT USAGE, SELECT ON SEQUENCE {} TO {}")
            cursor.execute(statement.format(sql.Identifier(name), user))
    return len(own)


def _make_user(name: str, password: str | None) -> None:
    """Create or change the user. The server is sent a SCRAM verifier, never the password."""
    user = sql.Identifier(name)
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name])
        if cursor.fetchone() is None:
            cursor.execute(sql.SQL("CREATE ROLE {} LOGIN").format(user))
        if password:
            server = connection.connection.pgconn
            verifier = server.encrypt_password(password.encode(), name.encode(), b"scram-sha-256")
            statement = sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}")
            cursor.execute(statement.format(user, sql.Literal(verifier.decode())))


def former_users(logins: list[DatabaseLogin], others: list[DatabaseLogin]) -> list[str]:
    """Users that took turns with those of today, and may still read something."""
    now = {entry.user for entry in (*logins, *others)}
    return [user for entry in logins if (user := twin(entry.user)) not in now and _reads(user)]


def _reads(user: str) -> bool:
    """Whether it is a user that this command once made: another of that name has no rights here."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM information_schema.role_table_grants"
            " WHERE grantee = %s AND table_name = %s",
            [user, READ_BY_ALL[0]],
        )
        return cursor.fetchone() is not None


def shut_out(user: str) -> None:
    """Take every right from ``user``, and end its sessions where the owner may do that."""
    name = sql.Identifier(user)
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("ALTER ROLE {} NOLOGIN PASSWORD NULL").format(name))
        for target in ("ALL TABLES IN SCHEMA public", "ALL SEQUENCES IN SCHEMA public"):
            cursor.execute(sql.SQL("REVOKE ALL ON {} FROM {}").format(sql.SQL(target), name))
        cursor.execute(sql.SQL("REVOKE ALL ON SCHEMA public FROM {}").format(name))
    with suppress(ProgrammingError), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s", [user]
        )


def grant_monitoring() -> bool:
    """The exporter's user: statistics, no tables, and no password that a network could carry.

    False where the owner may not give that away, as on a managed service with metrics of its own.
    """
    try:
        _make_user(MONITORING, None)
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL("GRANT pg_monitor TO {}").format(sql.Identifier(MONITORING)))
    except ProgrammingError:
        return False
    return True


def _tables() -> list[str]:
    return connection.introspection.table_names()


def _sequences(tables: list[str]) -> list[str]:
    with connection.cursor() as cursor:
        return [
            sequence["name"]
            for table in tables
            for sequence in connection.introspection.get_sequences(cursor, table)
        ]


def _silence(former_owner: DatabaseLogin | None) -> str:
    """What a server that gives no answer lacks, in words without secrets; empty when it answers.

    A server that does not know the owner's new password is told it by ``former_owner``.
    """
    try:
        connection.ensure_connection()
    except DatabaseError as exc:
        connection.close()
        if former_owner is None or not _password_tell(former_owner):
            return f"the database gives no answer ({type(exc).__name__})"
    return ""


def _password_tell(former: DatabaseLogin) -> bool:
    """Open as ``former`` and set the password that the settings have; whether that went."""
    own = {key: connection.settings_dict[key] for key in ("USER", "PASSWORD")}
    connection.settings_dict.update(USER=former.user, PASSWORD=former.password)
    try:
        _make_user(own["USER"], own["PASSWORD"])
    except DatabaseError:
        return False
    finally:
        connection.close()
        connection.settings_dict.update(own)
    connection.ensure_connection()
    return True


def _is_locked(cursor: Any) -> bool:
    cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
    (is_locked,) = cursor.fetchone()
    return bool(is_locked)


@contextmanager
def _advisory_lock() -> Iterator[None]:
    """One migration at a time, also when a Job's pod was started twice.

    Asked for again and again: a statement that waits would be waited for by whoever builds an
    index concurrently, which is the one that holds the lock.
    """
    with connection.cursor() as cursor:
        while not _is_locked(cursor):
            time.sleep(LOCK_PAUSE_S)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
