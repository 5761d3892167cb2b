"""SQLite: its online backup makes a consistent copy while others write; a restore is a rename."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Any, Final

from django.db import connections

from platform_site.backup.engines import ALIAS, DatabasePosition
from platform_site.backup.errors import BackupError, Damaged
from platform_site.backup.lock import BACKUP, WORDS, file_lock

COPY: Final = "backup_copy"
BUSY_S: Final = 20.0
BESIDE: Final = ("-wal", "-shm", "-journal")


class SQLiteEngine:
    """The one of the embedded platform."""

    name = "sqlite"

    @contextmanager
    def held(self, backup_id: str, directory: Path) -> Iterator[DatabasePosition]:
        """As `DatabaseEngine`: a copy is made, and everything is read from that."""
        copy = directory / f"{backup_id}.sqlite3"
        if not self._file.exists():
            raise BackupError(f"There is no database at {self._file}: nothing to save.")
        with (
            closing(sqlite3.connect(f"{self._file.as_uri()}?mode=rw", BUSY_S, uri=True)) as live,
            closing(sqlite3.connect(copy)) as target,
        ):
            live.backup(target)  # in one step: whoever writes meanwhile does so to the log
            target.execute("PRAGMA journal_mode=DELETE")
        connections.databases[COPY] = {**connections.databases[ALIAS], "NAME": copy, "OPTIONS": {}}
        try:
            yield DatabasePosition(COPY, {"file": self._file.name}, lambda file: _link(copy, file))
        finally:
            connections[COPY].close()
            del connections.databases[COPY], connections[COPY]
            copy.unlink()

    def alone(self) -> AbstractContextManager[int]:
        """As `DatabaseEngine`."""
        return file_lock(self._file.with_name(BACKUP), WORDS)

    def rows_live(self) -> str:
        """As `DatabaseEngine`."""
        return f"a database at {self._file}" if self._file.exists() else ""

    def users_live(self) -> str:
        """As `DatabaseEngine`: who runs the platform holds its lock, which the command asks."""
        return ""

    def unsaved_s(self) -> float | None:
        """As `DatabaseEngine`."""
        return None

    def restore(self, saved: Path | None, position: Mapping[str, Any]) -> None:
        """As `DatabaseEngine`."""
        del position
        if saved is None:
            raise Damaged("The backup has no database.")
        unfinished = self._file.with_name(f".{self._file.name}.restored")
        unfinished.unlink(missing_ok=True)
        with closing(sqlite3.connect(saved)) as source, closing(sqlite3.connect(unfinished)) as to:
            if source.execute("PRAGMA quick_check").fetchone() != ("ok",):
                raise Damaged("The saved database is damaged.")
            source.backup(to)
        unfinished.chmod(0o600)
        connections[ALIAS].close()
        # A log of the former database would be played into the new one.
        for suffix in BESIDE:
            self._file.with_name(f"{self._file.name}{suffix}").unlink(missing_ok=True)
        unfinished.replace(self._file)

    @property
    def _file(self) -> Path:
        return Path(connections.databases[ALIAS]["NAME"]).absolute()


def _link(copy: Path, file: Path) -> None:
    file.hardlink_to(copy)
