import json
from dataclasses import replace
from pathlib import Path

import pytest

from platform_site.backup import manifest
from platform_site.backup.errors import BackupError, Damaged
from platform_site.backup.manifest import BackupManifest, ListedObject
from platform_site.backup.pool import ContentPool, PooledContent
from platform_site.backup.stores import DirectoryStore

CONTENT = PooledContent("n1", 3, "0" * 64)
OBJECTS = [ListedObject(f"originals/{n}-ö", replace(CONTENT, name=f"n{n}"), "image/png")
           for n in range(3_000)]  # fmt: skip


@pytest.fixture
def written(pool: ContentPool, tmp_path: Path) -> BackupManifest:
    count, size = manifest.list_write(OBJECTS, tmp_path / "list")
    made = BackupManifest(
        id="20261128T100000Z-aa",
        release="0.1.0",
        engine="sqlite",
        position={"file": "platform.sqlite3"},
        database=CONTENT,
        migrations={"images": ["0001_initial"]},
        tables={"images_image": 3},
        objects=pool.put_file(tmp_path / "list"),
        object_count=count,
        object_bytes=size,
        missing=[],
        needs=["secrets/backup-key"],
        began_at="2026-11-28T10:00:00+00:00",
        position_at="2026-11-28T10:00:01+00:00",
        ended_at="2026-11-28T10:00:02+00:00",
        sent_files=1,
        sent_bytes=1,
    )
    manifest.manifest_write(made, pool.store, pool.keyring)
    return made


def file_of(directory: DirectoryStore, made: BackupManifest) -> Path:
    return directory.path / f"manifests/{made.id}.json"


def test_it_is_read_as_it_was_written(pool: ContentPool, written: BackupManifest) -> None:
    assert manifest.manifest_read(pool.store, pool.keyring, written.id) == written
    assert manifest.newest(pool.store, pool.keyring) == written
    assert list(manifest.objects_of(written, pool)) == OBJECTS
    assert (written.object_count, written.object_bytes) == (3_000, 9_000)
    assert written.moment.second == 1


def test_the_newest_is_the_last_by_time(pool: ContentPool, written: BackupManifest) -> None:
    for name in ("20261127T235959Z-ff", "20261129T000000Z-00"):
        manifest.manifest_write(replace(written, id=name), pool.store, pool.keyring)
    assert manifest.newest(pool.store, pool.keyring).id == "20261129T000000Z-00"


def test_every_change_is_refused(
    pool: ContentPool, directory: DirectoryStore, written: BackupManifest
) -> None:
    file = file_of(directory, written)
    text = file.read_text()
    document = json.loads(text)
    for field, value in (("release", "9.9"), ("tables", {}), ("missing", ["x"]), ("more", 1)):
        changed = {**document, "manifest": {**document["manifest"], field: value}}
        file.write_text(json.dumps(changed))
        with pytest.raises(Damaged, match="was changed after it was signed"):
            manifest.manifest_read(pool.store, pool.keyring, written.id)
    for other in ("", text[:100], text[:-20], "[]", '{"manifest": []}', "null"):
        file.write_text(other)
        with pytest.raises(Damaged, match="cut short or no manifest"):
            manifest.manifest_read(pool.store, pool.keyring, written.id)
    file.write_text(json.dumps(document))  # laid out otherwise, it says the same
    assert manifest.manifest_read(pool.store, pool.keyring, written.id) == written


def test_one_manifest_does_not_stand_for_another(
    pool: ContentPool, directory: DirectoryStore, written: BackupManifest
) -> None:
    other = "20261129T000000Z-00"
    (directory.path / f"manifests/{other}.json").write_bytes(
        file_of(directory, written).read_bytes()
    )
    with pytest.raises(Damaged, match="is the manifest of another backup"):
        manifest.manifest_read(pool.store, pool.keyring, other)


def test_a_later_format_is_refused_in_words(pool: ContentPool, written: BackupManifest) -> None:
    later = replace(written, format=2, release="2.0.0")
    manifest.manifest_write(later, pool.store, pool.keyring)
    with pytest.raises(BackupError, match=r"restore it with release 2\.0\.0 or a later one"):
        manifest.newest(pool.store, pool.keyring)


def test_what_is_not_there_is_told(pool: ContentPool) -> None:
    with pytest.raises(BackupError, match="There is no finished backup at"):
        manifest.newest(pool.store, pool.keyring)
    with pytest.raises(BackupError, match="There is no backup one at"):
        manifest.manifest_read(pool.store, pool.keyring, "one")
