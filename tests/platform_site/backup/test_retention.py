import hashlib
import os
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest

from platform_site.backup import manifest, retention
from platform_site.backup.errors import Damaged
from platform_site.backup.manifest import BackupManifest, ListedObject
from platform_site.backup.pool import ContentPool, MeasuredStream
from platform_site.backup.stores import DirectoryStore

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
KEEP = {"daily": 3, "weekly": 2, "monthly": 3}
NOTHING = {"daily": 0, "weekly": 0, "monthly": 0}


def test_the_newest_of_each_day_week_and_month_is_kept() -> None:
    moments = {
        f"{NOW - timedelta(hours=12 * n):%m%dT%H}": NOW - timedelta(hours=12 * n)
        for n in range(160)
    }
    assert sorted(retention.kept_of(moments, KEEP)) == [
        "0930T12", "1031T12", "1122T12", "1126T12", "1127T12", "1128T12",
    ]  # fmt: skip


def test_the_newest_is_always_kept() -> None:
    moments = {"old": NOW - timedelta(days=1), "new": NOW}
    assert retention.kept_of(moments, NOTHING) == {"new"}
    assert retention.kept_of({}, KEEP) == set()


def saved(
    pool: ContentPool, tmp_path: Path, at: datetime, *contents: bytes, missing: str = ""
) -> BackupManifest:
    """A backup of ``contents``."""
    listed = []
    for plain in contents:
        name = pool.name_of(sha256=hashlib.sha256(plain).hexdigest())
        listed.append(ListedObject(f"k{name}", pool.put(name, MeasuredStream(BytesIO(plain))), ""))
    file = tmp_path / f"list-{at:%Y%m%d}"
    count, size = manifest.list_write(listed, file)
    stamp = at.isoformat()
    made = BackupManifest(
        f"{at:%Y%m%dT%H%M%SZ}-aa", "0.1.0", "sqlite", {}, None, {}, {}, pool.put_file(file), count,
        size, [missing] if missing else [], [], stamp, stamp, stamp, 0, 0,
    )  # fmt: skip
    manifest.manifest_write(made, pool.store, pool.keyring)
    return made


def age(directory: DirectoryStore) -> None:
    """Make all that is in the pool older than what is spared."""
    for file in (directory.path / "pool").rglob("*.age"):
        then = (NOW - timedelta(days=8)).timestamp()
        os.utime(file, (then, then))


def test_only_what_no_kept_backup_needs_goes(
    pool: ContentPool, directory: DirectoryStore, tmp_path: Path
) -> None:
    old = saved(pool, tmp_path, NOW - timedelta(days=2), b"one", b"two")
    new = saved(pool, tmp_path, NOW, b"two", b"three")
    age(directory)
    saved_later = pool.put("unnamed", MeasuredStream(BytesIO(b"of a run under way")))
    report = retention.prune(directory, pool.keyring, NOTHING, now=NOW)
    assert (report.kept, report.removed, report.files) == ([new.id], [old.id], 2)  # one, a list
    items = list(manifest.objects_of(new, pool))
    assert [b"".join(pool.pieces(item.content)) for item in items] == [b"two", b"three"]
    assert saved_later.name in ContentPool(directory, pool.keyring).look().held
    assert retention.prune(directory, pool.keyring, NOTHING, now=NOW).files == 0


def test_the_newest_that_is_whole_stays_whatever_came_after_it(
    pool: ContentPool, directory: DirectoryStore, tmp_path: Path
) -> None:
    whole = saved(pool, tmp_path, NOW - timedelta(days=2), b"one")
    newest = saved(pool, tmp_path, NOW, missing="originals/x: it is not in the object store")
    report = retention.prune(directory, pool.keyring, NOTHING, now=NOW)
    assert report.kept == sorted([whole.id, newest.id])


def test_nothing_goes_while_a_manifest_cannot_be_read(
    pool: ContentPool, directory: DirectoryStore, tmp_path: Path
) -> None:
    old = saved(pool, tmp_path, NOW - timedelta(days=2), b"one")
    saved(pool, tmp_path, NOW, b"two")
    file = directory.path / "manifests" / f"{old.id}.json"
    file.write_text(file.read_text().replace("0.1.0", "0.1.1"))
    age(directory)
    before = {path for path in directory.path.rglob("*") if path.is_file()}
    with pytest.raises(Damaged):
        retention.prune(directory, pool.keyring, NOTHING, now=NOW)
    assert {path for path in directory.path.rglob("*") if path.is_file()} == before
