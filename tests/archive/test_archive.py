"""The database comes back from its archive: whole, as of a time, as of a name, or not at all."""

import os
import re
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.archive.story import KEY, Story, counts, utc, written
from tests.measured import MEASURED
from tests.servers.archived import ArchivedServer, as_server
from tests.servers.processes import ROOT

pytestmark = pytest.mark.processes


@pytest.fixture(scope="module")
def machine(story: Story) -> Iterator[ArchivedServer]:
    """An empty machine, and whatever was restored there before: what is the same is not copied."""
    server = story.empty_machine()
    yield server
    server.end()


def restored(server: ArchivedServer, to: str) -> tuple[float, float]:
    """Bring the server to ``to``; how long copying and recovering took."""
    if server.data.exists():
        server.kill()
    began = time.monotonic()
    server.archive("restore", to, ARCHIVE_SERVER_IS_GONE="yes")
    copied = time.monotonic()
    server.start()
    return copied - began, time.monotonic() - copied


def test_after_the_loss_of_the_machine_all_that_was_archived_is_there(
    story: Story, machine: ArchivedServer, record_property: Callable[[str, object], None]
) -> None:
    copied_s, recovered_s = restored(machine, "latest")
    there = written(machine)
    assert counts(machine) == story.tables
    password = machine.home / "secrets" / "owner-password"
    machine.secret(password.name, "the password of 'now'")
    machine.archive("recovered", POSTGRES_PASSWORD_FILE=str(password))
    (owner,) = machine.ask("SELECT rolpassword FROM pg_authid WHERE rolname = 'owner'")
    assert owner[0].startswith("SCRAM-SHA-256$")
    segment = int(story.last_archived[8:16], 16) * 256 + int(story.last_archived[16:24], 16)
    promised = {w.number for w in story.writes if _segment_after(w.lsn) <= segment}
    assert promised <= there <= set(range(1, story.called + 1))
    newest = max(w.acknowledged for w in story.writes if w.number in there)
    gone = [w for w in story.writes if w.number not in there]
    # What is lost is the end, without a hole before it.
    assert all(w.number > max(there) for w in gone)
    record_property(
        MEASURED,
        f"archive: {len(gone)} of {len(story.writes)} acknowledged rows lost, the oldest"
        f" {story.killed - newest:.1f} s before the kill (archive_timeout 2 s);"
        f" copied in {copied_s:.1f} s, recovered in {recovered_s:.1f} s",
    )


def test_a_time_brings_exactly_what_was_there_then(story: Story, machine: ArchivedServer) -> None:
    restored(machine, utc(story.moment))
    there = written(machine)
    assert {w.number for w in story.writes if w.acknowledged < story.moment} <= there
    assert not {w.number for w in story.writes if w.called > story.moment} & there


def test_a_name_brings_exactly_what_was_there_when_it_was_given(
    story: Story, machine: ArchivedServer
) -> None:
    restored(machine, story.point.target)
    there = written(machine)
    began, ended = story.made
    assert {w.number for w in story.writes if w.acknowledged < began} <= there
    assert not {w.number for w in story.writes if w.called > ended} & there
    # What the backup read is what comes back, to the row, though others wrote all the time.
    assert {**counts(machine), "images_act": len(there)} == story.held
    # And the objects of that moment come beside it.
    said = story.restored(machine.url)
    assert "Put back  24 objects" in said
    assert f"{sum(story.held.values())} rows" in said
    assert "objects: all 24 hashed" in said


def test_a_backup_beside_the_archive_is_rehearsed_with_it(
    story: Story, record_property: Callable[[str, object], None]
) -> None:
    assert "24 objects" in story.backed_up
    assert "The backup comes back" in story.rehearsed
    assert f"{sum(story.held.values())} rows; objects: all 24 hashed" in story.rehearsed
    told = dict(re.findall(r"^  (RPO|RTO) +(.*)$", story.rehearsed, re.MULTILINE))
    assert told["RPO"].endswith("until the archive has what is written")
    assert list(story.lost.home.glob("rehearsals/rehearsal-*")) == []
    record_property(
        MEASURED, f"archive: rehearsed in {told['RTO']}; RPO {told['RPO']} (archive_timeout 2 s)"
    )


def test_what_has_not_changed_is_not_copied_again(
    story: Story, machine: ArchivedServer, record_property: Callable[[str, object], None]
) -> None:
    """Beside the pages there are lists of the files, whose size goes by the number of tables."""
    full, again = re.findall(r"database backup size: ([\d.]+)(K?)(M?)B", machine.archive("show"))
    assert _bytes(again) < _bytes(full) / 20
    record_property(
        MEASURED,
        f"archive: {_bytes(full):,.0f} B of pages in a full backup, {_bytes(again):,.0f} B in one"
        f" right after it; the store grew by {story.sizes[0]:,} and {story.sizes[1]:,} B",
    )


@pytest.mark.parametrize(
    ("secret", "word", "says"),
    [
        ("passphrase", "another passphrase of the tests here", "unable to load info file"),
        ("s3-secret-access-key", KEY[::-1], "403"),
    ],
)
def test_another_word_restores_nothing(story: Story, secret: str, word: str, says: str) -> None:
    server = story.empty_machine()
    server.secret(secret, word)
    try:
        with pytest.raises(AssertionError, match=says):
            server.archive("restore", "latest")
        assert not server.data.exists()
    finally:
        server.end()


@pytest.mark.parametrize(
    ("to", "says"),
    [
        ("yesterday", "is no time with its zone"),
        ("2026-11-28T14:05:00", "is no time with its zone"),
        ("2001-01-01T00:00:00Z", "no base backup had ended by 2001-01-01 00:00:00.00"),
        ("name:some-name@2001-01-01T00:00:00Z", "no base backup had ended by"),
    ],
)
def test_what_cannot_be_restored_is_refused_in_words(story: Story, to: str, says: str) -> None:
    server = story.empty_machine()
    try:
        with pytest.raises(AssertionError, match=says):
            server.archive("restore", to)
        assert not server.data.exists()
    finally:
        server.end()


def test_a_stranger_restores_by_what_the_page_says(story: Story) -> None:
    """The file and the block of docs/runbooks/disaster.md, with its places filled in."""
    server = story.empty_machine()
    page = (ROOT / "docs" / "runbooks" / "disaster.md").read_text()
    (file,) = re.findall(r"```text\n(PGBACKREST_.*?)```", page, re.DOTALL)
    (block,) = re.findall(r"```sh\n(make database-archive.*?)```", page, re.DOTALL)
    filled = {
        "the data directory, empty": str(server.data),
        "the host of the store": story.repository["PGBACKREST_REPO1_S3_ENDPOINT"],
        "its region": story.repository["PGBACKREST_REPO1_S3_REGION"],
        "the bucket": story.repository["PGBACKREST_REPO1_S3_BUCKET"],
        "the directory of the files passphrase, s3-access-key-id and s3-secret-access-key": str(
            server.home / "secrets"
        ),
    }
    for place, word in filled.items():
        assert f"<{place}>" in file
        file = file.replace(f"<{place}>", word)
    variables = server.home / "archive.env"
    variables.write_text(file)
    of_tests = ("PGBACKREST_REPO1_STORAGE_PORT", "PGBACKREST_REPO1_STORAGE_CA_FILE")
    environment = {name: story.repository[name] for name in of_tests}
    try:
        done = subprocess.run(
            as_server("sh", "-c", block.replace("make ", f"make -s ENV={variables} ")),
            env={"PATH": os.environ["PATH"], **environment}, cwd=ROOT,
            capture_output=True, text=True, check=False, timeout=600,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        server.start()
        assert written(server)
    finally:
        server.end()


def test_nothing_of_the_archive_can_be_read_without_the_passphrase(story: Story) -> None:
    kept = [file for file in (story.files / "database").rglob("*") if file.is_file()]
    assert len(kept) > 5
    for file in kept:
        assert b"images_act" not in file.read_bytes()
        assert file.read_bytes()[:8] == b"Salted__", file


def test_damage_in_the_store_is_noticed_before_anybody_needs_it(
    story: Story, machine: ArchivedServer
) -> None:
    machine.archive("verify")
    whole = {file: file.read_bytes() for file in map(_largest, _parts(story))}
    for file, content in whole.items():
        damaged = bytearray(content)
        damaged[len(damaged) // 2] ^= 1
        file.write_bytes(damaged)
    try:
        with pytest.raises(AssertionError) as told:
            machine.archive("verify")
    finally:
        for file, content in whole.items():
            file.write_bytes(content)
    for part in ("archiveId", "backup"):  # bytes that cannot even be unpacked are "other"
        found = re.search(rf"{part}: .*\n.*(?:checksum invalid|other): 1\b", str(told.value))
        assert found, told.value


def _parts(story: Story) -> list[Path]:
    """Segments of WAL, and base backups."""
    return [story.files / "database" / part / "platform" for part in ("archive", "backup")]


def _largest(directory: Path) -> Path:
    files = (file for file in directory.rglob("*") if file.is_file())
    return max(files, key=lambda file: file.stat().st_size)


def _segment_after(lsn: str) -> int:
    """The number of the 16 MiB segment that a place in the WAL is in."""
    high, low = (int(part, 16) for part in lsn.split("/"))
    return (high << 32 | low) >> 24


def _bytes(size: tuple[str, str, str]) -> float:
    number, kilo, mega = size
    return float(number) * (1000 if kilo else 1_000_000 if mega else 1)
