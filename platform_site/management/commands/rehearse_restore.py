"""``manage.py rehearse_restore``: shows that the newest backup comes back, and how fast.

Ends with an error, in words, when it does not. The living platform is not touched.
"""

import os
import signal
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any, Final, NoReturn

from django.conf import settings
from django.core.management.base import BaseCommand

from platform_site.backup.keyring import Keyring
from platform_site.backup.models import RecordedRun
from platform_site.backup.rehearsing import RehearsalFailed, RehearsalRun
from platform_site.backup.trials import TrialPlace, trial_database, trial_directory
from platform_site.backup.wording import counted, duration, size
from platform_site.management import backups

LIVING: Final = ("DATABASE_URL", "DATABASE_URL_FILE", "DATABASE_PASSWORD", "DATABASE_PASSWORD_FILE")
"""What would lead the restore to the database that people use."""


class Command(BaseCommand):
    help = "Restore the newest backup into an empty place, compare all of it, and remove it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--from",
            dest="source",
            default="",
            help="s3://bucket/prefix or a directory (default: BACKUP_URL)",
        )
        parser.add_argument(
            "--key-file", type=Path, help="file with the passphrase (default: BACKUP_KEY)"
        )

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
                trial_place(directory) as into,
            ):
                found = rehearsal.rehearse(into, run)
            self._tell(run, str(found["share"]), time.monotonic() - began)

    def _tell(self, run: RecordedRun, share: str, took_s: float) -> None:
        self.stdout.write(self.style.SUCCESS(f"\nThe backup comes back, in {duration(took_s)}\n"))
        self.stdout.write(
            f"  Compared  {counted(run.rows or 0, 'row')}; objects: {share}, "
            f"{size(run.bytes_total or 0)}"
        )
        self.stdout.write(f"  RTO       {duration(run.recovery_time_s or 0)}")
        self.stdout.write(
            f"  RPO       {duration(run.recovery_point_s or 0)} from the moment of the backup to "
            "the start of this rehearsal"
        )


@contextmanager
def trial_place(directory: Path) -> Iterator[TrialPlace]:
    """An empty place for the platform of the settings, in ``directory``."""
    if settings.ROLE == "embedded":
        yield TrialPlace(directory, {**os.environ, "VAR_DIR": str(directory / "var")})
        return
    if not settings.REHEARSAL_DATABASE_URL:
        raise RehearsalFailed(
            "REHEARSAL_DATABASE_URL names no server: a rehearsal wants one of its own."
        )
    with trial_database(settings.REHEARSAL_DATABASE_URL) as url:
        kept = {name: value for name, value in os.environ.items() if name not in LIVING}
        objects = str(directory / "objects")
        yield TrialPlace(directory, {**kept, "DATABASE_URL": url, "TRIAL_OBJECTS": objects})


def _stopped(_number: int, _frame: FrameType | None) -> NoReturn:
    raise RehearsalFailed("It was stopped.")
