"""``manage.py rehearse_restore``: shows that the newest backup comes back, and how fast.

Ends with an error, in words, when it does not. The living platform is not touched.
"""

import os
import signal
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import FrameType
from typing import Any, Final, NoReturn

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import DEFAULT_DB_ALIAS, connections

from platform_site.backup.keyring import Keyring
from platform_site.backup.manifest import BackupManifest
from platform_site.backup.models import RecordedRun
from platform_site.backup.rehearsing import RehearsalFailed, RehearsalRun
from platform_site.backup.trial_servers import ArchiveTrial
from platform_site.backup.trials import TrialPlace, trial_database, trial_directory
from platform_site.backup.wording import counted, duration, size
from platform_site.management import backups

LIVING: Final = ("DATABASE_URL", "DATABASE_URL_FILE", "DATABASE_PASSWORD", "DATABASE_PASSWORD_FILE")
"""What would lead the restore to the database that people use."""


class Command(BaseCommand):
    help = "Restore the newest backup into an empty place, compare all of it, and remove it."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        backups.source_arguments(parser)

    def handle(self, *_args: Any, source: str, key_file: Path | None, **_options: Any) -> None:
        signal.signal(signal.SIGTERM, _stopped)
        passphrase = backups.passphrase(key_file)
        began = time.monotonic()
        with backups.told():
            place = backups.place(source)
            keyring = Keyring.opened(place, passphrase)
            rehearsal = RehearsalRun(place, keyring, passphrase, self.stdout.write)
            with (
                trial_directory(Path(settings.REHEARSAL_DIRECTORY)) as directory,
                backups.recorded(RecordedRun.Kind.REHEARSAL, place, keyring) as run,
            ):
                found = rehearsal.rehearse(directory, trial_place, run)
            self._tell(run, str(found["share"]), time.monotonic() - began)

    def _tell(self, run: RecordedRun, share: str, took_s: float) -> None:
        is_archived = settings.BACKUP_ENGINE == "archive"
        since = (
            "until the archive has what is written"
            if is_archived
            else "from the moment of the backup to the start of this rehearsal"
        )
        self.stdout.write(self.style.SUCCESS(f"\nThe backup comes back, in {duration(took_s)}\n"))
        self.stdout.write(
            f"  Compared  {counted(run.rows or 0, 'row')}; objects: {share}, "
            f"{size(run.bytes_total or 0)}"
        )
        self.stdout.write(f"  RTO       {duration(run.recovery_time_s or 0)}")
        self.stdout.write(f"  RPO       {duration(run.recovery_point_s or 0)}, {since}")


@contextmanager
def trial_place(directory: Path, found: BackupManifest) -> Iterator[TrialPlace]:
    """A place in ``directory`` for the platform of the settings: empty, or with its archive."""
    if settings.ROLE == "embedded":
        yield TrialPlace(directory, {**os.environ, "VAR_DIR": str(directory / "var")})
        return
    with _trial_database(directory, found) as url:
        kept = {name: value for name, value in os.environ.items() if name not in LIVING}
        objects = str(directory / "objects")
        yield TrialPlace(directory, {**kept, "DATABASE_URL": url, "TRIAL_OBJECTS": objects})


def _trial_database(directory: Path, found: BackupManifest) -> AbstractContextManager[str]:
    if found.database is None:
        if not settings.REHEARSAL_ARCHIVE:
            raise RehearsalFailed(
                "The database of this backup is in its archive, and REHEARSAL_ARCHIVE names no "
                "program that restores that."
            )
        own = connections[DEFAULT_DB_ALIAS].settings_dict
        trial = ArchiveTrial(settings.REHEARSAL_ARCHIVE, directory / "database")
        return trial.server(found.position["to"], user=own["USER"], database=own["NAME"])
    if not settings.REHEARSAL_DATABASE_URL:
        raise RehearsalFailed(
            "REHEARSAL_DATABASE_URL names no server: a rehearsal wants one of its own."
        )
    return trial_database(settings.REHEARSAL_DATABASE_URL)


def _stopped(_number: int, _frame: FrameType | None) -> NoReturn:
    raise RehearsalFailed("It was stopped.")
