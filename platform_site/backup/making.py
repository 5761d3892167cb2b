"""Makes a backup: objects first, then one moment of the database, then the objects of that moment.

Objects are never changed under their key. So what is copied beforehand is good whatever happens
meanwhile, and only the few that came or went in between are looked at again. The manifest comes
last: without it there is no backup, only content that the next one finds.
"""

import secrets
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from platform_site.backup import engines, rows
from platform_site.backup.copying import ObjectCopies, distinct
from platform_site.backup.engines import DatabaseEngine
from platform_site.backup.errors import BackupError
from platform_site.backup.keyring import Keyring
from platform_site.backup.manifest import (
    BackupManifest,
    list_write,
    manifest_ids,
    manifest_read,
    manifest_write,
    objects_of,
)
from platform_site.backup.pool import ContentPool, PooledContent
from platform_site.backup.stores import FileStore

ROUNDS: Final = 3
"""What a row of the moment refers to may be deleted before it is copied: then another moment."""
Tell = Callable[[str], object]


@dataclass(slots=True)
class BackupMaking:
    """One backup from the platform of the settings to ``place``."""

    engine: DatabaseEngine
    objects: FileStore
    place: FileStore
    keyring: Keyring
    release: str
    needs: Sequence[str]
    tell: Tell

    def make(self) -> BackupManifest:
        """Make it, and return its manifest. Raises `BackupError`."""
        began = datetime.now(UTC)
        backup_id = f"{began:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
        pool = ContentPool(self.place, self.keyring).look()
        copies = ObjectCopies(self.objects, pool, self._unlisted(pool))
        self.tell("Copying objects that the backup does not have yet …")
        copies.copy_missing(rows.references(engines.ALIAS))
        with tempfile.TemporaryDirectory(prefix="image-platform-backup-") as temporary:
            directory = Path(temporary)
            missing: dict[str, str] = {}
            for _round in range(ROUNDS):
                self.tell("Holding one moment of the database …")
                saved = self._moment(backup_id, directory, copies)
                if saved.missing == missing:  # nothing, or what another moment does not bring back
                    break
                missing = saved.missing
            database = pool.put_file(saved.database) if saved.database else None
            listed = pool.put_file(saved.listing)
        manifest = BackupManifest(
            id=backup_id,
            release=self.release,
            engine=self.engine.name,
            position=saved.position,
            database=database,
            migrations=saved.migrations,
            tables=saved.tables,
            objects=listed,
            object_count=saved.count,
            object_bytes=saved.size,
            missing=[f"{key}: {why}" for key, why in sorted(saved.missing.items())],
            needs=sorted(self.needs),
            began_at=began.isoformat(timespec="milliseconds"),
            position_at=saved.at.isoformat(timespec="milliseconds"),
            ended_at=datetime.now(UTC).isoformat(timespec="milliseconds"),
            sent_files=pool.sent_files,
            sent_bytes=pool.sent_bytes,
        )
        self.place.settle()
        manifest_write(manifest, self.place, self.keyring)
        self.place.settle()
        return manifest

    def _moment(self, backup_id: str, directory: Path, copies: ObjectCopies) -> "SavedMoment":
        """Hold a moment, save it, and copy what its rows refer to and is not there yet."""
        for file in directory.iterdir():
            file.unlink()
        at = datetime.now(UTC)
        with self.engine.held(backup_id, directory) as held:
            tables = rows.table_counts(held.using)
            migrations = rows.migrations_applied(held.using)
            failed = copies.copy_missing(rows.references(held.using))
            listing = directory / "objects.jsonl"
            wanted = distinct(rows.references(held.using))
            count, size = list_write(
                (found for each in wanted if (found := copies.listed(each))), listing
            )
            database = directory / "database" if held.save else None
            if held.save and database:
                held.save(database)
            return SavedMoment(
                at,
                held.position,
                database,
                listing,
                tables,
                migrations,
                {each.reference.key: each.why for each in failed if not each.reference.may_be_gone},
                count,
                size,
            )

    def _unlisted(self, pool: ContentPool) -> dict[str, PooledContent]:
        """Contents of which only the last backup knows the checksum."""
        ids = manifest_ids(self.place)
        if not ids:
            return {}
        try:
            last = manifest_read(self.place, self.keyring, ids[-1])
            found = (item.content for item in objects_of(last, pool))
            return {
                each.name: each for each in found if each.name != pool.name_of(sha256=each.sha256)
            }
        except BackupError:
            return {}  # those are copied once more


@dataclass(frozen=True, slots=True)
class SavedMoment:
    """What was saved of one moment; ``missing`` says by key why an object is not there."""

    at: datetime
    position: Any
    database: Path | None
    listing: Path
    tables: Any
    migrations: Any
    missing: dict[str, str]
    count: int
    size: int
