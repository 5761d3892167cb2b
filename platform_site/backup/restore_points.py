"""A position of the database that a manifest names, and how far the archive of its WAL has come.

Knows nothing of the tool that keeps the archive: it asks PostgreSQL alone.
"""

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Protocol

from platform_site.backup.errors import BackupError

LONGEST_NAME: Final = 63
"""Bytes that PostgreSQL keeps of a restore point's name."""
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]*")


class Rows(Protocol):
    """A cursor, of Django or of psycopg."""

    def execute(self, query: Any, params: Any = None, /) -> object:
        """Run one statement."""

    def fetchone(self) -> Any:
        """Its next row."""


class ArchiveUnusableError(BackupError):
    """The server archives nothing, or does not come on with it; the words say what to look at."""


@dataclass(frozen=True, slots=True)
class RestorePoint:
    """A name in the WAL, and where it stands."""

    name: str
    at: datetime
    """UTC, by the server's clock; a base backup that ended before it leads to it."""
    lsn: str
    wal: str
    """The segment that holds it; the point can be restored once this is archived."""

    @property
    def target(self) -> str:
        """What ``TO`` of a restore says to come back to it."""
        return f"name:{self.name}@{self.at:%Y-%m-%dT%H:%M:%SZ}"

    def entry(self) -> Mapping[str, str]:
        """How a manifest keeps it."""
        at = self.at.isoformat(timespec="microseconds")
        return {"name": self.name, "at": at, "lsn": self.lsn, "wal": self.wal, "to": self.target}


@dataclass(frozen=True, slots=True)
class ArchiveState:
    """What PostgreSQL says of its archiver."""

    is_on: bool
    last_wal: str
    """Empty before the first one."""
    last_age_s: float | None
    failures: int
    is_failing: bool
    """Whether the last attempt failed."""


def restore_point_make(rows: Rows, name: str) -> RestorePoint:
    """Write ``name`` into the WAL and close the segment, so that it is archived at once.

    Wants a superuser, or EXECUTE on ``pg_create_restore_point`` and ``pg_switch_wal``.

    Raises:
        ArchiveUnusableError: The server archives nothing.
        ValueError: The name is longer than PostgreSQL keeps, or has other characters than a-z, 0-9
            and the hyphen.
    """
    if not _NAME.fullmatch(name) or len(name) > LONGEST_NAME:
        raise ValueError(f"{name!r} is no name of a restore point.")
    if not archive_state(rows).is_on:
        raise ArchiveUnusableError("archive_mode is off: the server keeps no archive of its WAL.")
    rows.execute("SELECT pg_create_restore_point(%s)::text", (name,))
    (lsn,) = rows.fetchone()
    rows.execute("SELECT clock_timestamp(), pg_walfile_name(%s::pg_lsn)", (lsn,))
    at, wal = rows.fetchone()
    rows.execute("SELECT pg_switch_wal()")
    return RestorePoint(name, at.astimezone(UTC), lsn, wal)


def archive_state(rows: Rows) -> ArchiveState:
    """How far the archive has come. Everybody may ask for it."""
    rows.execute(
        "SELECT current_setting('archive_mode') <> 'off', coalesce(last_archived_wal, ''),"
        " extract(epoch FROM clock_timestamp() - last_archived_time)::float, failed_count,"
        " coalesce(last_failed_time > coalesce(last_archived_time, '-infinity'), false)"
        " FROM pg_stat_archiver"
    )
    return ArchiveState(*rows.fetchone())


def archived_wait(
    rows: Rows,
    wal: str,
    *,
    timeout_s: float,
    pause: Callable[[float], None] = time.sleep,
    now: Callable[[], float] = time.monotonic,
) -> None:
    """Return once the archive holds the segment ``wal``.

    Raises:
        ArchiveUnusableError: It does not after ``timeout_s``; its base backup stays valid.
    """
    deadline = now() + timeout_s
    while not is_reached(archive_state(rows).last_wal, wal):
        if now() > deadline:
            state = archive_state(rows)
            why = "the last attempt failed" if state.is_failing else "no attempt failed"
            raise ArchiveUnusableError(
                f"{wal} is not archived after {timeout_s:g} s: the last one is"
                f" {state.last_wal or 'none'}, {why} ({state.failures} failures so far)."
            )
        pause(0.1)


def is_reached(last: str, wal: str) -> bool:
    """Whether ``wal`` is archived when ``last`` was the last: segments go in their order.

    The history of a timeline and the label of a base backup are archived, too, and say less.

    >>> is_reached("00000001000000000000000A", "000000010000000000000009")
    True
    >>> is_reached("00000002.history", "000000010000000000000009")
    False
    """
    return len(last) >= len(wal) and last[: len(wal)] >= wal
