"""``manage.py backup``: saves the database and every object that its rows refer to, in one place.

The platform may run meanwhile. The same command for the embedded platform and for a split one.
"""

import signal
import threading
import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from platform_site.backup import engines, manifest, retention
from platform_site.backup.engines import DatabaseEngine
from platform_site.backup.errors import BackupError
from platform_site.backup.following import ObjectFollower
from platform_site.backup.keyring import Keyring
from platform_site.backup.making import BackupMaking
from platform_site.backup.manifest import BackupManifest
from platform_site.backup.models import RecordedRun
from platform_site.backup.stores import FileStore
from platform_site.backup.wording import counted, duration, size
from platform_site.management import backups


class Command(BaseCommand):
    help = "Save the database and every object, sealed; what is there already is not sent again."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--to", default="", help="s3://bucket/prefix or a directory (default: BACKUP_URL)"
        )
        parser.add_argument("--list", action="store_true", help="say which backups there are")
        parser.add_argument(
            "--prune",
            action="store_true",
            help="then remove what is kept no longer (BACKUP_KEEP_…)",
        )
        parser.add_argument(
            "--follow",
            type=float,
            metavar="SECONDS",
            help="make no backup, and copy new objects so often, until a signal comes",
        )

    def handle(self, *_args: Any, to: str, **options: Any) -> None:
        with backups.told():
            place = backups.place(to)
            if options["list"]:
                self._list(place)
                return
            if refusal := getattr(settings, "START_REFUSAL", ""):
                raise CommandError(refusal)
            keyring = Keyring.ensured(place, backups.passphrase(None))
            engine = engines.engine_of(settings.BACKUP_ENGINE)
            if options["follow"]:
                self._follow(place, keyring, engine, options["follow"])
                return
            with engine.alone():
                made = self._make(place, keyring, engine)
                if options["prune"]:
                    self._prune(place, keyring)
        if made.missing:
            raise CommandError(
                f"{counted(len(made.missing), 'object')} that rows refer to could not be saved; "
                "everything else was."
            )

    def _make(self, place: FileStore, keyring: Keyring, engine: DatabaseEngine) -> BackupManifest:
        began = time.monotonic()
        making = BackupMaking(
            engine=engine,
            objects=backups.objects(),
            place=place,
            keyring=keyring,
            release=settings.VERSION,
            needs=backups.needs(),
            tell=self.stdout.write,
        )
        with backups.recorded(RecordedRun.Kind.BACKUP, place, keyring) as run:
            made = making.make()
            run.backup, run.recovers_to = made.id, made.moment
            run.position = ", ".join(f"{name} {value}" for name, value in made.position.items())
            run.rows, run.bytes_total = sum(made.tables.values()), made.object_bytes
            run.objects_total = made.object_count
        self._tell(made, place, time.monotonic() - began)
        return made

    def _tell(self, made: BackupManifest, place: FileStore, took_s: float) -> None:
        rows = sum(made.tables.values())
        self.stdout.write(self.style.SUCCESS(f"\nBackup {made.id}, in {duration(took_s)}\n"))
        self.stdout.write(f"  Saved    {counted(rows, 'row')} of {len(made.tables)} tables")
        self.stdout.write(
            f"           {counted(made.object_count, 'object')}, {size(made.object_bytes)}"
        )
        self.stdout.write(f"  Moment   {made.position_at}")
        self.stdout.write(
            f"  Sent     {size(made.sent_bytes)} in {counted(made.sent_files, 'file')}; "
            "the rest was there"
        )
        self.stdout.write(f"  Place    {place.address}")
        for words in made.missing[:10]:
            self.stdout.write(self.style.WARNING(f"  Missing  {words}"))
        if settings.ROLE == "embedded":
            self.stdout.write(
                f"\nKeep {settings.VAR_DIR}/secrets somewhere else, too: without its backup-key "
                "nobody opens the backup.\n"
                f"Restore with: make restore FROM={place.address}"
            )

    def _prune(self, place: FileStore, keyring: Keyring) -> None:
        report = retention.prune(place, keyring, settings.BACKUP_KEEP)
        self.stdout.write(
            f"  Kept     {counted(len(report.kept), 'backup')}; removed "
            f"{counted(len(report.removed), 'backup')}, and {size(report.bytes)} in "
            f"{counted(report.files, 'file')} that none needs"
        )

    def _follow(
        self, place: FileStore, keyring: Keyring, engine: DatabaseEngine, every_s: float
    ) -> None:
        """A round that fails is told and tried again: the store may be back at the next."""
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_signal: stop.set())
        follower = ObjectFollower(backups.objects(), place, keyring, engine)
        self.stdout.write(f"Copying new objects to {place.address} every {every_s:g} s.")
        while not stop.is_set():
            try:
                copied = follower.turn()
            except BackupError as exc:
                self.stderr.write(str(exc))
            else:
                if copied:
                    self.stdout.write(f"Copied {counted(copied, 'object')}.")
            stop.wait(every_s)

    def _list(self, place: FileStore) -> None:
        keyring = Keyring.opened(place, backups.passphrase(None))
        for backup_id in manifest.manifest_ids(place):
            found = manifest.manifest_read(place, keyring, backup_id)
            state = f"{len(found.missing)} missing" if found.missing else "whole"
            self.stdout.write(
                f"{found.id}  release {found.release}  "
                f"{counted(sum(found.tables.values()), 'row')}  "
                f"{counted(found.object_count, 'object')}  {size(found.object_bytes)}  {state}"
            )
