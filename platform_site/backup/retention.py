"""Which backups are kept, and what of the pool nobody needs any more.

Of each of the last days, weeks and months with a backup the newest is kept, and always the newest
that is whole. Content goes when no kept manifest names it, and not before it has been there for a
week: the next backup may name it, and a recovery to a point in time needs what came in between.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from platform_site.backup.keyring import Keyring
from platform_site.backup.manifest import (
    BackupManifest,
    manifest_delete,
    manifest_ids,
    manifest_read,
    objects_of,
)
from platform_site.backup.pool import FOLDER, ContentPool, name_of_file
from platform_site.backup.stores import FileStore

SPARED: Final = timedelta(days=7)
PERIODS: Final[Mapping[str, Callable[[datetime], object]]] = {
    "daily": lambda moment: moment.date(),
    "weekly": lambda moment: moment.isocalendar()[:2],
    "monthly": lambda moment: (moment.year, moment.month),
}


@dataclass(frozen=True, slots=True)
class PruneReport:
    """What was kept and what went."""

    kept: list[str]
    removed: list[str]
    files: int
    bytes: int


def kept_of(moments: Mapping[str, datetime], keep: Mapping[str, int]) -> set[str]:
    """The ids of ``moments`` that are kept: by period, so many periods back as ``keep`` says."""
    newest_first = sorted(moments, key=lambda backup_id: moments[backup_id], reverse=True)
    kept = set(newest_first[:1])
    for name, period_of in PERIODS.items():
        seen: set[object] = set()
        for backup_id in newest_first:
            period = period_of(moments[backup_id])
            if period not in seen and len(seen) < keep[name]:
                seen.add(period)
                kept.add(backup_id)
    return kept


def prune(
    store: FileStore, keyring: Keyring, keep: Mapping[str, int], *, now: datetime | None = None
) -> PruneReport:
    """Remove what is kept no longer. Raises `Damaged` before anything goes if a manifest is."""
    now = now or datetime.now(UTC)
    found = [manifest_read(store, keyring, backup_id) for backup_id in manifest_ids(store)]
    kept = kept_of({each.id: each.moment for each in found}, keep)
    if whole := [each for each in found if not each.missing]:
        kept.add(max(whole, key=lambda each: each.moment).id)
    pool = ContentPool(store, keyring)
    needed = _needed((each for each in found if each.id in kept), pool)
    # A manifest goes before its content: what is cut short leaves content that the next run finds.
    removed = [each.id for each in found if each.id not in kept]
    manifest_delete(store, removed)
    going = {
        name_of_file(file.name): file.size
        for file in store.files(FOLDER)
        if file.written_at < now - SPARED and name_of_file(file.name) not in needed
    }
    pool.delete(set(going))
    return PruneReport(sorted(kept), removed, len(going), sum(going.values()))


def _needed(kept: Iterable[BackupManifest], pool: ContentPool) -> set[str]:
    names: set[str] = set()
    for each in kept:
        names.add(each.objects.name)
        names |= {each.database.name} if each.database else set()
        names |= {item.content.name for item in objects_of(each, pool)}
    return names
