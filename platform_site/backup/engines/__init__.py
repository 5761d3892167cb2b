"""Ways to save and restore a database, one module each; a manifest names the one that made it.

To add one, write a class with the face of `DatabaseEngine` and name it in `ENGINES`.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

from django.db import connections
from django.utils.module_loading import import_string

from platform_site.backup.errors import BackupError

ENGINES: Final[Mapping[str, str]] = {
    "sqlite": "platform_site.backup.engines.sqlite.SQLiteEngine",
    "pg_dump": "platform_site.backup.engines.pg_dump.DumpEngine",
    "archive": "platform_site.backup.engines.archive.ArchiveEngine",
}
OF_VENDOR: Final = {"sqlite": "sqlite", "postgresql": "pg_dump"}
ALIAS: Final = "default"


@dataclass(frozen=True, slots=True)
class DatabasePosition:
    """One moment of the database, while it is held.

    Rows are read through the alias ``using`` as they were at that moment, and ``save`` writes that
    moment to a file that does not exist yet. An engine that keeps it elsewhere has no ``save``:
    ``position`` then says where it is.
    """

    using: str
    position: Mapping[str, Any]
    save: Callable[[Path], object] | None


class DatabaseEngine(Protocol):
    """One way to save and restore the database ``default`` of the settings."""

    name: str

    def held(self, backup_id: str, directory: Path) -> AbstractContextManager[DatabasePosition]:
        """Hold a moment, with ``directory`` for temporary files. Others go on writing.

        A backup that holds more than one moment names each differently.
        """

    def alone(self) -> AbstractContextManager[object]:
        """Hold what only one process that works on backups may hold. Raises `Harmful`."""

    def rows_live(self) -> str:
        """What of a living platform is in the database, in words; empty when nothing is."""

    def users_live(self) -> str:
        """Who uses the database at this moment, in words; empty when nobody does."""

    def unsaved_s(self) -> float | None:
        """How long what is written now could be lost; ``None``: until the next backup."""

    def restore(self, saved: Path | None, position: Mapping[str, Any]) -> None:
        """Make the database what it was at ``position``, whole or not at all.

        ``saved`` is what `DatabasePosition.save` wrote. Whatever was there is gone. Raises
        `BackupError`.
        """


def engine_of(name: str) -> DatabaseEngine:
    """The engine of that name; of an empty one, the one for the database of the settings."""
    name = name or OF_VENDOR[connections[ALIAS].vendor]
    if name not in ENGINES:
        raise BackupError(f"This release has no engine {name}; it has {', '.join(ENGINES)}.")
    found: DatabaseEngine = import_string(ENGINES[name])()
    return found
