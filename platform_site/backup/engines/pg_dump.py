"""PostgreSQL by ``pg_dump`` and ``pg_restore``: one snapshot, one file, for any later server.

The dump has no owners and no grants: those are of a platform, and `grant_database_roles` gives
them anew. A restore is one transaction into a database that was emptied in another.
"""

import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from django.db import connections, transaction
from psycopg.conninfo import make_conninfo

from platform_site.backup.engines import ALIAS, DatabasePosition
from platform_site.backup.errors import BackupError, Damaged, Harmful
from platform_site.backup.lock import WORDS

HOME: Final = "/usr/lib/postgresql/{major}/bin"
"""Where Debian and the images of PostgreSQL have the programs of one major version."""
MONITORING: Final = "monitoring"
LOCK_S: Final = 30
LOCK: Final = 0x1A6E_0002  # any number, the same in every release
DUMP: Final = ("--format=custom", "--no-owner", "--no-privileges", "--compress=6", "--no-password")
RESTORE: Final = (
    *("--single-transaction", "--exit-on-error"),
    *("--no-owner", "--no-privileges", "--no-password"),
)
EMPTY: Final = """
DO $$
DECLARE
  every text[];
  words text;
BEGIN
  SELECT array_agg(found.words) INTO every FROM (
    SELECT format('DROP TABLE IF EXISTS %I.%I CASCADE', schemaname, tablename) AS words
      FROM pg_tables WHERE schemaname = 'public'
    UNION ALL
    SELECT format('DROP ROUTINE IF EXISTS %s CASCADE', p.oid::regprocedure)
      FROM pg_proc p
      WHERE p.pronamespace = 'public'::regnamespace
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
  ) found;
  FOREACH words IN ARRAY coalesce(every, '{}') LOOP
    EXECUTE words;
  END LOOP;
END $$
"""
"""All of it is listed before any of it goes: the list itself reads what is there."""


class DumpEngine:
    """The portable way."""

    name = "pg_dump"

    @contextmanager
    def held(self, backup_id: str, directory: Path) -> Iterator[DatabasePosition]:
        """As `DatabaseEngine`: one snapshot for the rows that are read and for the dump."""
        del backup_id, directory
        with transaction.atomic(using=ALIAS), connections[ALIAS].cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SELECT pg_export_snapshot(), pg_current_wal_lsn()::text")
            snapshot, position = cursor.fetchone()
            yield DatabasePosition(
                ALIAS,
                {"lsn": position, "server": _server_major()},
                lambda file: _run("pg_dump", *DUMP, f"--snapshot={snapshot}", f"--file={file}"),
            )

    @contextmanager
    def alone(self) -> Iterator[None]:
        """As `DatabaseEngine`: a lock of the server, which ends with the connection."""
        with connections[ALIAS].cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
            if not cursor.fetchone()[0]:
                raise Harmful(WORDS)
        yield
        with connections[ALIAS].cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])

    def rows_live(self) -> str:
        """As `DatabaseEngine`."""
        with connections[ALIAS].cursor() as cursor:
            tables = connections[ALIAS].introspection.table_names(cursor)
        return f"{len(tables)} tables in the database {_name()}" if tables else ""

    def users_live(self) -> str:
        """As `DatabaseEngine`."""
        with connections[ALIAS].cursor() as cursor:
            cursor.execute(
                "SELECT usename, count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
                " AND usename <> %s GROUP BY usename ORDER BY usename",
                [MONITORING],
            )
            found = [f"{user} ({count} connections)" for user, count in cursor.fetchall()]
        return f"to the database {_name()} are connected {', '.join(found)}" if found else ""

    def unsaved_s(self) -> float | None:
        """As `DatabaseEngine`."""
        return None

    def restore(self, saved: Path | None, position: Mapping[str, Any]) -> None:
        """As `DatabaseEngine`. Between its two transactions the database is empty."""
        del position
        if saved is None:
            raise Damaged("The backup has no database.")
        if not _run("pg_restore", "--list", str(saved)):
            raise Damaged("The saved database has nothing in it.")
        with transaction.atomic(using=ALIAS), connections[ALIAS].cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_S}s'")
            cursor.execute(EMPTY)
        _run("pg_restore", *RESTORE, str(saved))
        connections[ALIAS].close()


def _run(program: str, *arguments: str) -> str:
    """What it prints. Raises `BackupError` with its own words."""
    with tempfile.TemporaryDirectory(prefix="image-platform-pg-") as directory:
        words = arguments
        if "--no-password" in arguments:
            words = (*arguments, f"--dbname={_conninfo(Path(directory))}")
        done = subprocess.run(
            [_program(program), *words], capture_output=True, text=True, check=False
        )
    if done.returncode:
        lines = done.stderr.strip().splitlines()
        raise BackupError(f"{program} has failed: {' '.join(lines[:3]) or done.returncode}")
    return done.stdout


def _conninfo(directory: Path) -> str:
    """How a program reaches the database; the password is in a file, which no listing shows."""
    own = connections[ALIAS].settings_dict
    params = connections[ALIAS].get_connection_params()
    given = {name: str(own["OPTIONS"][name]) for name in own["OPTIONS"] if name.startswith("ssl")}
    for name in ("host", "port", "user"):
        if params.get(name):
            given[name] = str(params[name])
    if password := str(own["PASSWORD"] or ""):
        escaped = password.replace("\\", "\\\\").replace(":", "\\:")
        file = directory / "pgpass"
        file.touch(mode=0o600)
        file.write_text(f"*:*:*:*:{escaped}\n")
        given["passfile"] = str(file)
    return make_conninfo("", dbname=_name(), **given)


def _program(name: str) -> str:
    """The program for the server in hand. Raises `BackupError` where it is missing or older."""
    major = _server_major()
    home = HOME.format(major=major)
    found = shutil.which(name, path=home) or shutil.which(name)
    if found is None:
        raise BackupError(f"{name} is missing: install postgresql-client-{major}.")
    told = subprocess.run([found, "--version"], capture_output=True, text=True, check=True).stdout
    version = re.search(r"(\d+)", told)
    if version is None or int(version[1]) < major:
        raise BackupError(
            f"{found} is of PostgreSQL {version[1] if version else '?'}, older than the server: "
            f"install postgresql-client-{major}."
        )
    return found


def _server_major() -> int:
    version: int = connections[ALIAS].pg_version  # type: ignore[attr-defined]  # of PostgreSQL
    return version // 10_000


def _name() -> str:
    return str(connections[ALIAS].settings_dict["NAME"])
