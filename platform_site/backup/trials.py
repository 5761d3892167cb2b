"""Empty places in which a backup is restored on trial, and of which nothing stays.

A directory, and for PostgreSQL a database of its own in a server that is there for rehearsals.
What a rehearsal left that was killed is removed by the next one.
"""

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from platform_site.backup.errors import BackupError
from platform_site.backup.lock import file_lock

LOCK: Final = ".rehearsal.lock"
NAME: Final = "rehearsal-"


@dataclass(frozen=True, slots=True)
class TrialPlace:
    """A directory, and the environment of the process that restores into it."""

    directory: Path
    environment: Mapping[str, str]


@contextmanager
def trial_directory(parent: Path) -> Iterator[Path]:
    """A new directory below ``parent``, gone after the block.

    One rehearsal at a time. Raises `Harmful` when another one runs.
    """
    with file_lock(parent / LOCK, f"A rehearsal runs in {parent} already."):
        for left in parent.glob(f"{NAME}*"):
            shutil.rmtree(left)
        directory = parent / f"{NAME}{os.getpid()}"
        directory.mkdir(mode=0o700)
        try:
            yield directory
        finally:
            shutil.rmtree(directory, ignore_errors=True)


@contextmanager
def trial_database(server: str) -> Iterator[str]:
    """The URL of a new database in ``server``, gone after the block.

    ``server`` is the URL of any database there, with a user who may make others. It is for
    rehearsals alone: whatever else is called rehearsal-… goes. Raises `BackupError`.
    """
    name = sql.Identifier(f"{NAME}{os.getpid()}")
    try:
        with psycopg.connect(server, autocommit=True) as connection:
            found = connection.execute(
                "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [NAME]
            ).fetchall()
            for (left,) in found:
                _drop(connection, sql.Identifier(left))
            connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(name))
    except psycopg.Error as exc:
        raise BackupError(f"The server for rehearsals gives no database: {exc}") from exc
    try:
        yield urlsplit(server)._replace(path=f"/{NAME}{os.getpid()}").geturl()
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            _drop(connection, name)


def _drop(connection: "psycopg.Connection[tuple[str]]", name: sql.Identifier) -> None:
    connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
