"""The embedded platform: saved, destroyed, restored and compared by the commands."""

import json
import re
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from platform_site.backup.lock import RUNNING, file_lock
from platform_site.embedded import up
from tests.platform_site.backup.scripts import PLATFORM, PRELUDE, RESTORE, embedded, told
from tests.platform_site.roles import python

pytestmark = pytest.mark.processes

SAVE = """
found = [run("backup", "--to", sys.argv[1]) for _ in range(2)]

# As if there had been a backup every twelve hours for half a year.
import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from django.conf import settings
from django.test import override_settings
from platform_site.backup import keyring, manifest
from platform_site.management import backups

long = sys.argv[2]
run("backup", "--to", long)
place = backups.place(long)
key = keyring.Keyring.opened(place, settings.BACKUP_KEY)
newest = manifest.newest(place, key)
for number in range(1, 360):
    at = newest.moment - timedelta(hours=12 * number)
    old = replace(newest, id=f"{at:%Y%m%dT%H%M%SZ}-old", position_at=at.isoformat())
    manifest.manifest_write(old, place, key)
for name in ("ab-under-way", "ab-of-none"):
    place.write(f"pool/ab/{name}.age", [b"of " + name.encode()])
os.utime(Path(long, "pool/ab/ab-of-none.age"), (1, 1))
with override_settings(BACKUP_KEEP={"daily": 3, "weekly": 2, "monthly": 4}):
    pruned = run("backup", "--to", long, "--prune")
left = [json.dumps(manifest.manifest_ids(place)), ""]

# A backup by the release before this one, and one by a later.
call_command("migrate", "images", "0008", verbosity=0)
run("backup", "--to", long)
older = manifest.newest(place, key)
migrations = {**older.migrations, "images": [*older.migrations["images"], "9999_of_tomorrow"]}
later = replace(older, id="later", release="9.9.9", migrations=migrations)
manifest.manifest_write(later, place, key)
call_command("migrate", verbosity=0)
Image.objects.exclude(id=purged.id).order_by("id").first()
victim = Image.objects.exclude(id=purged.id).order_by("id").first()
storage.object_delete(victim.storage_key)
storage.bytes_put(f"originals/{victim.id}", b"other bytes", content_type="image/png")
found.append(run("backup", "--to", sys.argv[1]))
victim = Image.objects.exclude(id=purged.id).order_by("id").last()
Image.objects.filter(id=victim.id).update(sha256="0" * 64)
found.append(run("backup", "--to", sys.argv[1]))
found.append(run("backup", "--to", sys.argv[1], "--list"))
print(json.dumps([*found, pruned, left, [older.id, ""]]))
"""


class Saved:
    """A platform, its backups, and what was said when they were made."""

    def __init__(self, directory: Path) -> None:
        self.var, self.place = directory / "var", directory / "kept"
        self.long = directory / "long"
        up.prepare(self.var)
        self.key = self.var / "secrets" / "backup-key"
        self.said = told(PLATFORM + SAVE, embedded(self.var), str(self.place), str(self.long))
        self.ids = sorted(file.stem for file in (self.place / "manifests").iterdir())

    def manifest(self, number: int) -> Any:
        file = self.place / "manifests" / f"{self.ids[number]}.json"
        return json.loads(file.read_text())["manifest"]


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Saved:
    return Saved(tmp_path_factory.mktemp("backup"))


def test_it_says_what_was_saved_and_what_to_keep(saved: Saved) -> None:
    words, refusal = saved.said[0]
    assert refusal == ""
    assert "24 objects, 2." in words
    assert f"make restore FROM={saved.place}" in words
    assert "without its backup-key nobody opens the backup" in words


def test_rows_objects_and_migrations_are_those_of_one_moment(saved: Saved) -> None:
    first = saved.manifest(0)
    assert first["tables"]["images_image"] == 12
    assert first["object_count"] == 24  # 12 originals, 11 renditions, an archive
    assert "0001_initial" in first["migrations"]["images"]
    assert first["missing"] == []
    assert first["began_at"] <= first["position_at"] <= first["ended_at"]


def test_an_unchanged_platform_is_not_sent_again(saved: Saved) -> None:
    first, second = saved.manifest(0), saved.manifest(1)
    assert (first["sent_files"], second["sent_files"]) == (26, 1)  # the database: a run is a row
    assert first["objects"] == second["objects"]
    assert second["sent_bytes"] - second["database"]["size"] < 5_000


def test_backups_of_one_second_stand_in_the_order_in_which_they_were_made(saved: Saved) -> None:
    began = [saved.manifest(number)["began_at"] for number in range(len(saved.ids))]
    assert began == sorted(began)
    assert len(saved.ids) == 4


def test_a_loss_of_the_store_is_no_loss_where_a_backup_has_it(saved: Saved) -> None:
    assert saved.said[2][1] == ""
    assert saved.manifest(2)["objects"] == saved.manifest(0)["objects"]


def test_what_no_store_has_is_told_and_the_rest_is_saved(saved: Saved) -> None:
    words, refusal = saved.said[3]
    assert refusal == "1 object that rows refer to could not be saved; everything else was."
    assert "it is not what its row says: other bytes than its checksum says" in words
    assert saved.manifest(3)["object_count"] == 23
    lines = saved.said[4][0].splitlines()
    assert [line.rpartition("  ")[2] for line in lines] == ["whole"] * 3 + ["1 missing"]


def test_of_each_of_the_last_days_weeks_and_months_one_backup_stays(saved: Saved) -> None:
    words, refusal = saved.said[5]
    ids = json.loads(saved.said[6][0])
    assert refusal == ""
    assert (
        f"Kept     {len(ids)} backups; removed {361 - len(ids)} backups, and 13 B in 1 file"
        in words
    )
    days = sorted({datetime.strptime(name[:8], "%Y%m%d").replace(tzinfo=UTC) for name in ids})
    assert len(days) == len(ids)
    assert days[-3:] == [days[-1] - timedelta(days=number) for number in (2, 1, 0)]
    assert len({f"{day:%Y%m}" for day in days}) == 4
    kept = {file.name for file in saved.long.glob("pool/ab/*")}
    assert "ab-under-way.age" in kept
    assert "ab-of-none.age" not in kept


def test_a_platform_comes_back_equal(saved: Saved, tmp_path: Path) -> None:
    var = tmp_path / "var"
    up.prepare(var)
    (var / "broker" / "queue" / "a message").touch()
    options = f"--from {saved.place} --key-file {saved.key} --backup {saved.ids[0]}"
    lost = var / "objects" / "left"
    of_long = f"--from {saved.long} --key-file {saved.key} --force"
    older = f"{of_long} --backup {saved.said[7][0]}"
    first, again, forward, later, forced, files = told(
        RESTORE, embedded(var), options, options, older, f"{of_long} --backup later",
        f"{options} --force",
    )  # fmt: skip
    assert (first[1], forward[1], forced[1]) == ("", "", "")
    assert "Migrated" not in first[0]
    assert re.search(r"Migrated  by \d+ migrations that the backup did not have", forward[0])
    assert later[1] == (
        "The backup is of release 9.9.9, which is newer: this one has no migration "
        "images.9999_of_tomorrow. Restore it with that or a later one."
    )
    assert "Putting back" not in later[0]
    assert "objects: all 24 hashed" in first[0]
    assert "There is a platform here: a database at" in again[1]
    assert (var / "secrets" / "backup-key").read_text() == saved.key.read_text()
    kept = json.loads(files[0])
    assert len([name for name in kept if name.startswith("objects/")]) == 24
    assert not [name for name in kept if name.startswith("broker/")]
    assert not lost.exists()


def test_damage_is_told_and_no_database_appears(saved: Saved, tmp_path: Path) -> None:
    var = tmp_path / "var"
    up.prepare(var)
    (tmp_path / "word").write_text("a word that is not the one")
    options = [f"--from {saved.place} --key-file {tmp_path}/word"]
    for what in ("object", "manifest", "missing"):
        place = shutil.copytree(saved.place, tmp_path / what)
        name = saved.manifest(0)["database"]["name"]
        content = place / "pool" / name[:2] / f"{name}.age"
        file = place / "manifests" / f"{saved.ids[0]}.json" if what == "manifest" else content
        raw = bytearray(file.read_bytes())
        raw[len(raw) // 2] ^= 1
        file.write_bytes(bytes(raw))
        if what == "missing":
            file.unlink()
        options.append(f"--from {place} --key-file {saved.key} --backup {saved.ids[0]} --force")
    *said, files = told(RESTORE, embedded(var), *options)
    refusals = [refusal for _words, refusal in said]
    assert "The passphrase does not open the backups" in refusals[0]
    assert "is damaged: The sealed bytes were changed or cut short" in refusals[1]
    assert "nothing of it is believed" in refusals[2]
    assert "is missing from the backup" in refusals[3]
    assert "platform.sqlite3" not in json.loads(files[0])


def test_nothing_is_restored_under_a_running_platform(saved: Saved) -> None:
    with file_lock(saved.var / RUNNING, "the test has it"):
        said = told(RESTORE, embedded(saved.var), f"--from {saved.place} --force")
    assert "The platform runs here. Stop it" in said[0][1]


def test_before_there_is_a_platform_nothing_is_saved(tmp_path: Path) -> None:
    script = 'print(json.dumps([run("backup", "--to", sys.argv[1])]))'
    said = told(script, embedded(tmp_path / "var"), str(tmp_path / "kept"))
    assert said[0][1].endswith("Run `make up`, which makes them.")
    assert list(tmp_path.iterdir()) == []


KILLED = """
import os, signal
from platform_site.backup import stores
real, calls = stores.DirectoryStore.write, []
def dying(self, name, pieces, **more):
    calls.append(name)
    if len(calls) == 10:
        os.kill(os.getpid(), signal.SIGKILL)
    return real(self, name, pieces, **more)
stores.DirectoryStore.write = dying
call_command(*sys.argv[1:])
"""


def killed(var: Path, *arguments: str) -> None:
    done = python("-c", PRELUDE + KILLED, *arguments, environment=embedded(var), timeout_s=300)
    assert done.returncode == -9, done.stderr


def whole(folder: Path) -> int:
    """Files that are finished."""
    return len([file for file in folder.rglob("[!.]*") if file.is_file()])


def test_a_backup_and_a_restore_that_were_killed_go_on(saved: Saved, tmp_path: Path) -> None:
    """Of the 24 objects two are not what their rows say by now."""
    place = tmp_path / "kept"
    killed(saved.var, "backup", "--to", str(place))
    assert not (place / "manifests").exists()
    kept = whole(place / "pool")
    assert 0 < kept < 22
    script = 'print(json.dumps([run("backup", "--to", sys.argv[1])]))'
    ((words, refusal),) = told(script, embedded(saved.var), str(place))
    assert refusal.startswith("2 objects that rows refer to could not be saved")
    assert f"in {24 - kept} files; the rest was there" in words  # with the database and the list
    var = tmp_path / "var"
    up.prepare(var)
    options = ["--from", str(place), "--key-file", str(saved.key)]
    killed(var, "restore", *options)
    assert not (var / "platform.sqlite3").exists()
    there = whole(var / "objects") - 1  # the mark
    few = {**embedded(var), "BACKUP_HASHED_MOST": "6"}
    done, _files = told(RESTORE, few, " ".join(options))
    assert done[1] == ""
    assert f"Put back  {22 - there} objects" in done[0]
    assert "objects: 6 of 22 hashed, a random sample, and the sizes of all" in done[0]
    assert not (var / "objects" / "restore-under-way").exists()


FOLLOW = """
import os, signal
from platform_site.backup.following import ObjectFollower
real, turns = ObjectFollower.turn, []
def turn(self):
    turns.append(real(self))
    if len(turns) == 3:
        os.kill(os.getpid(), signal.SIGTERM)
    return turns[-1]
ObjectFollower.turn = turn
print(json.dumps([run("backup", "--to", sys.argv[1], "--follow", "0.1")]))
"""


def test_new_objects_are_copied_between_backups(saved: Saved, tmp_path: Path) -> None:
    said = told(FOLLOW, embedded(saved.var), str(tmp_path / "kept"))
    assert "Copied 22 objects." in said[0][0]
    assert said[0][0].count("Copied") == 1
    assert whole(tmp_path / "kept" / "pool") == 22
