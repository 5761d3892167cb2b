"""``manage.py restore``: puts a backup back into an empty place, and compares all of it.

Where a platform lives it is refused unless it is forced.
"""

import json
import os
import time
from argparse import ArgumentParser
from contextlib import ExitStack
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from platform_site.backup import engines, manifest, rows
from platform_site.backup.keyring import Keyring
from platform_site.backup.lock import RUNNING, file_lock
from platform_site.backup.models import RecordedRun
from platform_site.backup.pool import ContentPool
from platform_site.backup.restoring import RestoreRun
from platform_site.backup.verification import VerificationResult
from platform_site.backup.wording import counted, duration, size
from platform_site.embedded import up
from platform_site.management import backups
from platform_site.secrets import key_files


class Command(BaseCommand):
    help = "Put a backup back, migrate it to this release, and compare every table and object."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        backups.source_arguments(parser)
        parser.add_argument("--backup", default="", help="which one (default: the newest)")
        parser.add_argument(
            "--report",
            type=Path,
            help="write what was found to this file, for a rehearsal, and keep no record of it",
        )
        parser.add_argument(
            "--force", action="store_true", help="replace the platform that is here"
        )

    def handle(self, *_args: Any, source: str, key_file: Path | None, **options: Any) -> None:
        if settings.ROLE == "embedded":
            os.umask(0o077)
            if up.prepare(settings.VAR_DIR):
                up.begin_anew()
        passphrase = backups.passphrase(key_file)
        with backups.told(), ExitStack() as stack:
            if settings.ROLE == "embedded":
                words = "The platform runs here. Stop it (Ctrl-C in its terminal), then restore."
                stack.enter_context(file_lock(settings.VAR_DIR / RUNNING, words))
            self._restore(source, passphrase, **options)
        if settings.ROLE == "embedded":
            self._forget_waiting()
            key_files.rewrite(settings.VAR_DIR / up.SECRETS / "backup-key", passphrase)
            self.stdout.write("\nStart it: make up")

    def _restore(
        self,
        source: str,
        passphrase: str,
        *,
        backup: str,
        force: bool,
        report: Path | None,
        **_: Any,
    ) -> None:
        began = time.monotonic()
        place = backups.place(source)
        keyring = Keyring.opened(place, passphrase)
        found = (
            manifest.manifest_read(place, keyring, backup)
            if backup
            else manifest.newest(place, keyring)
        )
        self.stdout.write(f"Backup {found.id} of release {found.release}, from {place.address}")
        run = RestoreRun(
            engine=engines.engine_of(found.engine),
            objects=backups.objects(),
            pool=ContentPool(place, keyring),
            manifest=found,
            tell=self.stdout.write,
            forced=force,
            hashed_most=settings.BACKUP_HASHED_MOST,
        )
        result = run.restore()
        self._tell(run, result)
        if report:
            report.write_text(json.dumps({**asdict(result), "share": result.share}))
        if not result.is_equal:
            raise CommandError(
                f"{counted(result.fault_count, 'difference')} from the backup. The data is as "
                "above; find out why before anybody uses it."
            )
        call_command("migrate", interactive=False, verbosity=0)
        if added := rows.migrations_added(found.migrations, using=engines.ALIAS):
            by = counted(len(added), "migration")
            self.stdout.write(f"  Migrated  by {by} that the backup did not have")
        if not report:
            backups.table_mend(place, keyring)
            row = self._record(run, result, time.monotonic() - began)
            backups.row_keep(row, place, keyring)
        self.stdout.write(
            self.style.SUCCESS(
                f"\nRestored to {found.position_at}, in {duration(time.monotonic() - began)}."
            )
        )

    def _record(self, run: RestoreRun, result: VerificationResult, took_s: float) -> RecordedRun:
        """In the database that is back; the backup itself was still under way in it."""
        now, found = timezone.now(), run.manifest
        RecordedRun.objects.filter(
            kind=RecordedRun.Kind.BACKUP, outcome=RecordedRun.Outcome.RUNNING
        ).update(
            outcome=RecordedRun.Outcome.SUCCEEDED,
            backup=found.id,
            ended_at=datetime.fromisoformat(found.ended_at),
            recovers_to=found.moment,
        )
        return RecordedRun.objects.create(
            kind=RecordedRun.Kind.RESTORE,
            outcome=RecordedRun.Outcome.SUCCEEDED,
            started_at=now - timedelta(seconds=took_s),
            ended_at=now,
            release=settings.VERSION,
            backup=found.id,
            recovers_to=found.moment,
            rows=result.rows,
            objects_total=result.objects,
            objects_checked=result.hashed,
            bytes_total=found.object_bytes,
            recovery_time_s=took_s,
        )

    def _tell(self, run: RestoreRun, result: VerificationResult) -> None:
        for words in result.faults:
            self.stdout.write(self.style.ERROR(f"  Differs   {words}"))
        for words in run.manifest.missing:
            self.stdout.write(self.style.WARNING(f"  Missing   {words} (when it was saved)"))
        restored = counted(run.restored_objects, "object")
        self.stdout.write(f"  Put back  {restored}, {size(run.restored_bytes)}")
        if run.removed_objects:
            removed = counted(run.removed_objects, "object")
            self.stdout.write(f"  Removed   {removed} that the backup does not have")
        self.stdout.write(
            f"  Compared  {counted(result.rows, 'row')} of {result.tables} tables; objects: "
            f"{result.share}"
        )

    def _forget_waiting(self) -> None:
        """Messages and answers of another time: the rows say what there is to do."""
        for folder in ("broker", "cache"):
            for file in (settings.VAR_DIR / folder).rglob("*"):
                if file.is_file():
                    file.unlink()
