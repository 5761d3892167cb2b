"""PostgreSQL by its own archive: the backup names a point of the WAL, and saves no database.

For a platform whose database has base backups and an archive (`deploy/k8s/components/backup`). It
comes back by these, to the point that the manifest names, before `manage.py restore` puts the
objects of that moment beside it and compares.
"""

import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Final

from django.db import connections, transaction

from platform_site.backup.engines import ALIAS, DatabasePosition
from platform_site.backup.engines.pg_dump import DumpEngine
from platform_site.backup.errors import BackupError
from platform_site.backup.restore_points import (
    ArchiveUnusableError,
    RestorePoint,
    archive_state,
    archived_wait,
    restore_point_make,
)

LOCK_S: Final = 10
"""How long writers may be waited for; those that come meanwhile wait as long."""
ARCHIVED_S: Final = 120.0


class ArchiveEngine:
    """The way that loses least. Its database user owns the tables and may name restore points."""

    name = "archive"

    @contextmanager
    def held(self, backup_id: str, directory: Path) -> Iterator[DatabasePosition]:
        """As `DatabaseEngine`: one snapshot for the rows that are read, and a point of its moment.

        Nobody writes for the instant in which both are made, so that they are the same.
        """
        del directory
        with transaction.atomic(using=ALIAS):
            point = _point(f"backup-{backup_id.lower()}")
            yield DatabasePosition(ALIAS, point.entry(), None)

    def alone(self) -> AbstractContextManager[None]:
        """As `DatabaseEngine`."""
        return DumpEngine().alone()

    def rows_live(self) -> str:
        """As `DatabaseEngine`; whatever is there stays, so nothing is in the way."""
        return ""

    def users_live(self) -> str:
        """As `DatabaseEngine`."""
        return DumpEngine().users_live()

    def unsaved_s(self) -> float | None:
        """As `DatabaseEngine`: until the archive has what is written at this moment."""
        with connections[ALIAS].cursor() as rows:
            if not archive_state(rows).is_on:
                return None
            began = time.monotonic()
            rows.execute("SELECT pg_walfile_name(pg_current_wal_insert_lsn())")
            (wal,) = rows.fetchone()
            try:
                archived_wait(rows, wal, timeout_s=ARCHIVED_S)
            except ArchiveUnusableError:
                return archive_state(rows).last_age_s
        return time.monotonic() - began

    def restore(self, saved: Path | None, position: Mapping[str, Any]) -> None:
        """Leave the database, which has come back by its archive; the comparison tells whether."""
        del saved
        with connections[ALIAS].cursor() as cursor:
            cursor.execute("SELECT pg_is_in_recovery(), to_regclass('django_migrations') IS NULL")
            is_reading, is_empty = cursor.fetchone()
        if is_reading or is_empty:
            raise BackupError(
                "The database comes back by its archive, before the objects: "
                f"make k8s-restore TO={position['to']} CONFIRM=yes"
            )


def _point(name: str) -> RestorePoint:
    """The restore point of the snapshot that the transaction in hand reads from now on."""
    writing = connections.create_connection(ALIAS)
    try:
        writing.set_autocommit(False)
        with writing.cursor() as locking, connections[ALIAS].cursor() as reading:
            locking.execute(f"SET LOCAL lock_timeout = '{LOCK_S}s'")
            locking.execute(
                "SELECT string_agg(format('%I.%I', schemaname, tablename), ', ' ORDER BY tablename)"
                " FROM pg_tables WHERE schemaname = 'public'"
            )
            (tables,) = locking.fetchone()
            locking.execute(f"LOCK TABLE {tables} IN SHARE MODE")
            reading.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            reading.execute("SELECT 1")
            point = restore_point_make(locking, name)
        writing.rollback()
        writing.set_autocommit(True)
        with writing.cursor() as rows:
            archived_wait(rows, point.wal, timeout_s=ARCHIVED_S)
    finally:
        writing.close()
    return point
