"""Copies new objects to the pool between backups, so that a disaster loses none that is older.

The archive of a database goes on between base backups, and objects go with it: a recovery to any
point in time finds in the pool what the rows of that point refer to.
"""

import time
from typing import Final

from platform_site.backup import engines, rows
from platform_site.backup.copying import ObjectCopies
from platform_site.backup.engines import DatabaseEngine
from platform_site.backup.errors import Harmful
from platform_site.backup.keyring import Keyring
from platform_site.backup.pool import ContentPool
from platform_site.backup.stores import FileStore

LOOK_S: Final = 3_600.0


class ObjectFollower:
    """Remembers what is in the pool; looks again when somebody else may have changed that."""

    def __init__(
        self, objects: FileStore, place: FileStore, keyring: Keyring, engine: DatabaseEngine
    ) -> None:
        self._engine = engine
        self._pool = ContentPool(place, keyring)
        self._copies = ObjectCopies(objects, self._pool)
        self._looked_at = -LOOK_S

    def turn(self) -> int:
        """Copy what rows refer to and the pool lacks; how many files. Raises `BackupError`.

        While a backup is made there is nothing to do: it copies the same.
        """
        try:
            with self._engine.alone():
                if time.monotonic() - self._looked_at >= LOOK_S:
                    self._pool.look()
                    self._looked_at = time.monotonic()
                before = self._pool.sent_files
                self._copies.copy_missing(rows.references(engines.ALIAS))
                return self._pool.sent_files - before
        except Harmful:
            self._looked_at = -LOOK_S
            return 0
