"""Makes a backup: one moment of the database, and the objects that its rows refer to.

Objects are never changed under their key. So where much is new it is copied first, while no moment
is held, and only the few that came or went in between are looked at again; where little is new one
look is all, and nothing of the store is read. The manifest comes last: without it there is no
backup, only content that the next one finds.
"""

import secrets
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
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
from platform_site.kit.stored_objects import ObjectReference

ROUNDS: Final = 3
"""What a row of the moment refers to may be deleted before it is copied: then another moment."""
FEW: Final = 100
"""New objects that are copied while the moment is held: nobody waits for that, and it is short."""
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
        # Sorted, ids are in the order of time: of two in one second, too.
        backup_id = f"{began:%Y%m%dT%H%M%S}{began.microsecond // 1000:03d}Z-{secrets.token_hex(3)}"
        pool = ContentPool(self.place, self.keyring).look()
        copies = ObjectCopies(self.objects, pool, partial(self._unlisted, pool))
        with tempfile.TemporaryDirectory(prefix="image-platform-backup-") as temporary:
            directory = Path(temporary)
            saved = self._saved(backup_id, directory, copies)
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

    def _saved(self, backup_id: str, directory: Path, copies: ObjectCopies) -> "SavedMoment":
        """A moment with all its objects, as far as another moment brings them back."""
        few, missing = FEW, dict[str, str]()
        for number in range(ROUNDS + 1):
            self.tell("Holding one moment of the database …")
            # An archive keeps every point by its name: each moment has another one.
            point = f"{backup_id}-{number}" if number else backup_id
            try:
                saved = self._moment(point, directory, copies, few)
            except MuchIsNew:
                self.tell("Copying objects that the backup does not have yet …")
                copies.copy_missing(rows.references(engines.ALIAS))
                few = sys.maxsize
                continue
            if saved.missing == missing:  # nothing, or what another moment does not bring back
                break
            missing = saved.missing
        return saved

    def _moment(self, point: str, directory: Path, copies: ObjectCopies, few: int) -> "SavedMoment":
        """Hold a moment, save it, and copy what its rows refer to and is not there yet.

        Raises `MuchIsNew` when that is more than ``few`` objects, and has done nothing then.
        """
        for file in directory.iterdir():
            file.unlink()
        at = datetime.now(UTC)
        with self.engine.held(point, directory) as held:
            tables = rows.table_counts(held.using)
            migrations = rows.migrations_applied(held.using)
            listing = directory / "objects.jsonl"
            lacking = FewReferences(few)
            count, size = self._list(held.using, copies, listing, lacking)
            failed = copies.copy_missing(lacking)
            if lacking:
                listing.unlink()
                count, size = self._list(held.using, copies, listing, [])
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

    def _list(
        self, using: str, copies: ObjectCopies, listing: Path, lacking: list[ObjectReference]
    ) -> tuple[int, int]:
        """Write the list of what there is; how many objects, and their bytes together."""
        return list_write(copies.listed(distinct(rows.references(using)), lacking), listing)

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


class MuchIsNew(Exception):
    """More objects are new than are copied while a moment is held."""


class FewReferences(list[ObjectReference]):
    """Up to ``most`` of them. Raises `MuchIsNew` for one more."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most

    def append(self, reference: ObjectReference) -> None:
        """As of a list."""
        if len(self) == self._most:
            raise MuchIsNew
        super().append(reference)


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
