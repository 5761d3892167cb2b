"""Holds a restored platform to the manifest of its backup: every row count, and bytes of objects.

All objects are hashed up to a bound; of more, a random sample as large as the bound, and of the
others that they are there with their size. `VerificationResult` says how many were which.
"""

import random
import time
from collections.abc import Container, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Final

from platform_site.backup import rows
from platform_site.backup.manifest import BackupManifest, ListedObject, objects_of
from platform_site.backup.pool import READ_BYTES, ChangedContent, ContentPool, MeasuredStream
from platform_site.backup.stores import FileStore, NotThere

HASHED_BOUND: Final = 100_000
THREADS: Final = 4
TOLD: Final = 20
BATCH: Final = 256


@dataclass(slots=True)
class VerificationResult:
    """What was compared, and what is not equal."""

    tables: int = 0
    rows: int = 0
    objects: int = 0
    hashed: int = 0
    hashed_bytes: int = 0
    took_s: float = 0.0
    faults: list[str] = field(default_factory=list)
    """In words, the first `TOLD` of them."""
    fault_count: int = 0

    @property
    def is_equal(self) -> bool:
        """Whether all that was compared is what was saved."""
        return not self.fault_count

    @property
    def share(self) -> str:
        """How much was hashed, in words."""
        if self.hashed == self.objects:
            return f"all {self.objects} hashed"
        return f"{self.hashed} of {self.objects} hashed, a random sample, and the sizes of all"

    def fault(self, words: str) -> None:
        """Note one."""
        self.fault_count += 1
        if len(self.faults) < TOLD:
            self.faults.append(words)


def verify(
    manifest: BackupManifest,
    pool: ContentPool,
    objects: FileStore,
    *,
    using: str | None = "default",
    bound: int = HASHED_BOUND,
    chosen: random.Random | None = None,
) -> VerificationResult:
    """Compare rows of the database ``using`` (``None``: no rows) and the ``objects`` with a backup.

    Raises `BackupError` where the backup itself cannot be read.
    """
    began = time.monotonic()
    result = VerificationResult()
    if using is not None:
        tables_verify(manifest.tables, using, result)
        _references_verify(manifest, pool, using, result)
    objects_verify(manifest, pool, objects, result, bound=bound, chosen=chosen)
    result.took_s = time.monotonic() - began
    return result


def tables_verify(tables: Mapping[str, int], using: str, result: VerificationResult) -> None:
    """Compare the rows of each table. Tables that a later release has added may be there, too."""
    found = rows.table_counts(using)
    for table, count in tables.items():
        result.tables += 1
        result.rows += found.get(table, 0)
        if table not in found:
            result.fault(f"The table {table} is missing; it had {count} rows.")
        elif found[table] != count and table != "django_migrations":
            result.fault(f"The table {table} has {found[table]} rows instead of {count}.")


def _references_verify(
    manifest: BackupManifest, pool: ContentPool, using: str, result: VerificationResult
) -> None:
    """No row without its bytes, and no bytes without a row."""
    listed = {item.key for item in objects_of(manifest, pool)}
    known = {words.partition(": ")[0] for words in manifest.missing}
    referred = set()
    for reference in rows.references(using):
        referred.add(reference.key)
        if reference.key not in listed | known and not reference.may_be_gone:
            result.fault(f"A row refers to {reference.key}, which the backup does not have.")
    for key in sorted(listed - referred):
        result.fault(f"The backup has {key}, to which no row refers.")


def objects_verify(
    manifest: BackupManifest,
    pool: ContentPool,
    objects: FileStore,
    result: VerificationResult,
    *,
    bound: int = HASHED_BOUND,
    chosen: random.Random | None = None,
) -> None:
    """Compare each object's size, and the hashes of up to ``bound`` objects chosen at random."""
    count = manifest.object_count
    numbers: Container[int] = range(count)
    if bound < count:
        numbers = set((chosen or random.SystemRandom()).sample(range(count), bound))
    sizes = {file.name: file.size for file in objects.files()} if bound < count else {}
    to_hash = _compared_by_size(objects_of(manifest, pool), sizes, numbers, result)
    with ThreadPoolExecutor(THREADS, thread_name_prefix="verify") as threads:
        for batch in _batches(to_hash):
            for item, words in zip(
                batch, threads.map(lambda each: _difference(objects, each), batch), strict=True
            ):
                result.hashed += 1
                result.hashed_bytes += item.content.size
                if words:
                    result.fault(f"{item.key}: {words}.")


def _compared_by_size(
    listed: Iterable[ListedObject],
    sizes: Mapping[str, int],
    chosen: Container[int],
    result: VerificationResult,
) -> Iterator[ListedObject]:
    """Those whose number in the list was ``chosen``, to be hashed; others are compared here."""
    for number, item in enumerate(listed):
        result.objects += 1
        if number in chosen:
            yield item
        elif item.key not in sizes:
            result.fault(f"{item.key}: it is missing.")
        elif sizes[item.key] != item.content.size:
            result.fault(f"{item.key}: {sizes[item.key]} bytes instead of {item.content.size}.")


def _batches(items: Iterable[ListedObject]) -> Iterator[list[ListedObject]]:
    batch: list[ListedObject] = []
    for item in items:
        batch.append(item)
        if len(batch) == BATCH:
            yield batch
            batch = []
    yield batch


def _difference(objects: FileStore, item: ListedObject) -> str:
    """What is wrong with the object, in words; empty when it is what was saved."""
    try:
        with objects.read(item.key) as source:
            measured = MeasuredStream(source, size=item.content.size, sha256=item.content.sha256)
            while measured.read(READ_BYTES):
                pass
    except NotThere:
        return "it is missing"
    except ChangedContent as exc:
        return f"it has {exc}"
    return ""
