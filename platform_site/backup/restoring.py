"""Restores a backup: objects first, then the database at once, then everything is compared.

At no moment is there a row without its bytes. A restore that was stopped is begun again with the
same command: what it had put back is found by its size, and hashed at the end with all others.
"""

import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from platform_site.backup import rows, verification
from platform_site.backup.engines import ALIAS, DatabaseEngine
from platform_site.backup.errors import Damaged, Harmful
from platform_site.backup.manifest import BackupManifest, ListedObject, objects_of
from platform_site.backup.pool import ContentPool
from platform_site.backup.stores import FileStore, NotThere
from platform_site.backup.verification import VerificationResult

MARK: Final = "restore-under-way"
"""A file among the objects, with the id of the backup, while they are not all there."""
THREADS: Final = 4
IN_FLIGHT: Final = 16
Tell = Callable[[str], object]


@dataclass(slots=True)
class RestoreRun:
    """One backup into the platform of the settings."""

    engine: DatabaseEngine
    objects: FileStore
    pool: ContentPool
    manifest: BackupManifest
    tell: Tell
    forced: bool = False
    hashed_most: int = verification.HASHED_BOUND
    """Of more objects the hashes of a random sample are compared."""
    restored_objects: int = 0
    restored_bytes: int = 0
    removed_objects: int = 0

    def refuse_harm(self) -> None:
        """Raises `Harmful` for a backup of a later release, or a platform that lives."""
        if unknown := rows.migrations_unknown(self.manifest.migrations):
            raise Harmful(
                f"The backup is of release {self.manifest.release}, which is newer: this one has "
                f"no migration {', '.join(unknown[:3])}. Restore it with that or a later one."
            )
        if not self.forced and not self._is_begun() and (live := self._live()):
            raise Harmful(
                f"There is a platform here: {live}. Restore into an empty place, or say --force, "
                "which replaces it."
            )
        if not self.forced and (users := self.engine.users_live()):
            raise Harmful(f"Stop the platform first, or say --force: {users}.")

    def restore(self) -> VerificationResult:
        """Do it, and compare. Migrating forward is the caller's. Raises `BackupError`."""
        self.refuse_harm()
        self.objects.write(MARK, [self.manifest.id.encode()])
        with tempfile.TemporaryDirectory(prefix="image-platform-restore-") as temporary:
            saved = Path(temporary) / "database" if self.manifest.database else None
            if saved and self.manifest.database:
                self.pool.fetch(self.manifest.database, saved)
            self.tell(f"Putting back {self.manifest.object_count} objects …")
            self._objects_restore()
            self.tell("Putting back the database …")
            self.engine.restore(saved, self.manifest.position)
        self.tell("Comparing every table and object with the backup …")
        result = verification.verify(
            self.manifest, self.pool, self.objects, using=ALIAS, bound=self.hashed_most
        )
        if result.is_equal:
            self.objects.delete([MARK])
        return result

    def _is_begun(self) -> bool:
        """Whether a restore of this backup was stopped here."""
        try:
            with self.objects.read(MARK) as source:
                return source.read(200).decode(errors="replace") == self.manifest.id
        except NotThere:
            return False

    def _live(self) -> str:
        first = next(iter(self.objects.files()), None)
        objects = f"objects at {self.objects.address}" if first else ""
        return " and ".join(words for words in (self.engine.rows_live(), objects) if words)

    def _objects_restore(self) -> None:
        there = {file.name: file.size for file in self.objects.files()}
        resumed = self.objects if not self.forced else None
        listed: set[str] = {MARK}
        under_way: set[Future[int]] = set()
        with ThreadPoolExecutor(THREADS, thread_name_prefix="restore") as threads:
            for item in self._listed():
                listed.add(item.key)
                if resumed and there.get(item.key) == item.content.size:
                    continue
                if len(under_way) >= IN_FLIGHT:
                    under_way = self._settle(under_way)
                under_way.add(threads.submit(self._object_restore, item))
            while under_way:
                under_way = self._settle(under_way)
        if extra := sorted(set(there) - listed):
            self.objects.delete(extra)
            self.removed_objects = len(extra)

    def _listed(self) -> Iterator[ListedObject]:
        for item in objects_of(self.manifest, self.pool):
            if item.key == MARK:
                raise Damaged(f"The backup lists {MARK}, which is no object of a platform.")
            yield item

    def _object_restore(self, item: ListedObject) -> int:
        pieces = self.pool.pieces(item.content)
        return self.objects.write(item.key, pieces, content_type=item.content_type)

    def _settle(self, under_way: set[Future[int]]) -> set[Future[int]]:
        """Wait for some. Raises what any of them raises: a backup that is damaged stops all."""
        done, left = wait(under_way, return_when=FIRST_COMPLETED)
        for future in done:
            self.restored_bytes += future.result()
            self.restored_objects += 1
        return set(left)
