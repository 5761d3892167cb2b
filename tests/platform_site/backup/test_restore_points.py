"""What a server says of its archive. `tests/archive` restores the points that are made here."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest

from platform_site.backup.restore_points import (
    ArchiveState,
    ArchiveUnusableError,
    RestorePoint,
    archive_state,
    archived_wait,
    is_reached,
    restore_point_make,
)

POINT = RestorePoint(
    "backup-of-a-test", datetime(2026, 11, 28, 14, 5, 7, 250_000, UTC), "0/9000028", "0" * 23 + "9"
)


@pytest.fixture
def rows(postgresql_url: str) -> Iterator[psycopg.Cursor]:
    """A cursor on a server that archives nothing."""
    with psycopg.connect(postgresql_url, autocommit=True) as connection:
        yield connection.cursor()


class Archiver:
    """Rows of a server whose archive comes on by a segment with each question."""

    def __init__(self, *last: str, failing: bool = False) -> None:
        self._last = list(last)
        self._failing = failing

    def execute(self, query: Any, params: Any = None, /) -> object:
        return query, params

    def fetchone(self) -> Any:
        last = self._last.pop(0) if len(self._last) > 1 else self._last[0]
        return True, last, 1.0, 3, self._failing


def test_a_server_without_an_archive_says_so_and_gives_no_point(rows: psycopg.Cursor) -> None:
    assert archive_state(rows) == ArchiveState(
        is_on=False, last_wal="", last_age_s=None, failures=0, is_failing=False
    )
    with pytest.raises(ArchiveUnusableError, match="archive_mode is off"):
        restore_point_make(rows, "backup-of-a-test")


@pytest.mark.parametrize("name", ["", "-a", "with space", "a@b", "a" * 64])
def test_a_name_that_would_be_cut_or_misread_is_refused(rows: psycopg.Cursor, name: str) -> None:
    with pytest.raises(ValueError, match="is no name of a restore point"):
        restore_point_make(rows, name)


def test_a_manifest_can_say_where_to_restore_to() -> None:
    assert POINT.target == "name:backup-of-a-test@2026-11-28T14:05:07Z"
    assert POINT.entry() == {
        "name": "backup-of-a-test",
        "at": "2026-11-28T14:05:07.250000+00:00",
        "lsn": "0/9000028",
        "wal": "0" * 23 + "9",
        "to": POINT.target,
    }


def test_waiting_ends_with_the_segment_of_the_point() -> None:
    pauses: list[float] = []
    archiver = Archiver("", "0" * 23 + "8", "00000002.history", "0" * 23 + "9")
    archived_wait(archiver, POINT.wal, timeout_s=10, pause=pauses.append, now=lambda: len(pauses))
    assert len(pauses) == 3


@pytest.mark.parametrize(
    ("failing", "why"), [(True, "the last attempt failed"), (False, "no attempt failed")]
)
def test_waiting_for_what_does_not_come_says_what_is_there(failing: bool, why: str) -> None:  # noqa: FBT001 - a parameter of the test
    pauses: list[float] = []
    archiver = Archiver("0" * 23 + "8", failing=failing)
    with pytest.raises(ArchiveUnusableError, match=f"{'0' * 23}8, {why}"):
        archived_wait(
            archiver, POINT.wal, timeout_s=2, pause=pauses.append, now=lambda: len(pauses)
        )
    assert len(pauses) == 3


def test_the_label_of_a_base_backup_tells_of_its_segment() -> None:
    assert is_reached("000000010000000000000009.00000028.backup", "000000010000000000000009")
