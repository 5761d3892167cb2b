"""What the commands about backups share: the places that settings and arguments name."""

from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog
from django.conf import settings
from django.core.files.storage import storages
from django.core.management.base import CommandError
from django.db import Error as DatabaseError

from platform_site.backup import stores
from platform_site.backup.errors import BackupError
from platform_site.backup.keyring import Keyring
from platform_site.backup.models import RecordedRun
from platform_site.backup.reports import report_keep, reports_read
from platform_site.backup.runs import run_recorded, runs_ended, runs_take_in
from platform_site.backup.stores import FileStore
from platform_site.secrets import generation

log = structlog.get_logger(__name__)


def source_arguments(parser: ArgumentParser) -> None:
    """Which backups a command reads, and what opens them."""
    parser.add_argument(
        "--from",
        dest="source",
        default="",
        help="s3://bucket/prefix or a directory (default: BACKUP_URL)",
    )
    parser.add_argument(
        "--key-file", type=Path, help="file with the passphrase (default: BACKUP_KEY)"
    )


def place(url: str) -> FileStore:
    """Where backups are: ``url``, or where the settings say."""
    return stores.of_url(url or settings.BACKUP_URL, settings.BACKUP_STORE)


def objects() -> FileStore:
    """Where the platform keeps its objects."""
    return stores.of_storage(storages["objects"])


def passphrase(file: Path | None) -> str:
    """The first line of ``file``, or what the settings have."""
    if file is None:
        return str(settings.BACKUP_KEY)
    try:
        return file.read_text(encoding="utf-8").strip()
    except OSError as exc:
        raise CommandError(f"The passphrase cannot be read: {exc.strerror}: {file}") from exc


def needs() -> list[str]:
    """Names of the files of secrets that a restored platform needs; no value."""
    material = generation.KeyMaterial()
    if settings.ROLE == "embedded":
        return sorted(f"secrets/{name}" for name in generation.embedded(material))
    return sorted(
        f"secrets/{role}/{name}"
        for role, files in generation.of_roles(material).items()
        for name in files
    )


@contextmanager
def recorded(kind: RecordedRun.Kind, place: FileStore, keyring: Keyring) -> Iterator[RecordedRun]:
    """A run with its row in the table and its report at ``place``, however it ends."""
    run = None
    table_mend(place, keyring)
    try:
        with run_recorded(kind) as run:
            yield run
    finally:
        if run is not None:
            row_keep(run, place, keyring)


def table_mend(place: FileStore, keyring: Keyring) -> None:
    """Tell the table what it lacks of the reports: it may be of a restore."""
    with _forgiven():
        runs_take_in(reports_read(place, keyring, known=runs_ended()))


def row_keep(run: RecordedRun, place: FileStore, keyring: Keyring) -> None:
    """Put the report of ``run`` beside the backups."""
    with _forgiven():
        report_keep(run, place, keyring)


@contextmanager
def _forgiven() -> Iterator[None]:
    """What keeps a record is tried, and stops nothing."""
    try:
        yield
    except (BackupError, DatabaseError) as exc:
        log.warning("backup_record_not_kept", error=type(exc).__name__)


@contextmanager
def told() -> Iterator[None]:
    """Say why a backup or restore is not possible, and end."""
    try:
        yield
    except BackupError as exc:
        raise CommandError(str(exc)) from exc
