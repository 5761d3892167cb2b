"""``manage.py export_audit``: exports what was recorded since the last day, and signs it."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.services.audit_exports import AuditBrokenError, audit_export


class Command(BaseCommand):
    help = "Verify the audit, export what is new and sign its heads, once a day."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--directory",
            type=Path,
            help="where files of JSON lines are written; AUDIT_EXPORT_DIRECTORY if left out",
        )
        parser.add_argument("--now", action="store_true", help="also if a day has not passed")

    def handle(self, *_args: Any, **options: Any) -> None:
        kept = settings.AUDIT_EXPORT_DIRECTORY
        directory = options["directory"] or (Path(kept) if kept else None)
        try:
            done = audit_export(directory=directory, is_due=options["now"])
        except AuditBrokenError as exc:
            raise CommandError(f"The audit is not as it was written:\n{exc}") from exc
        if done is None:
            self.stdout.write("The last head is younger than a day.")
        else:
            self.stdout.write(f"Exported {done.entries} entries. Head: {done.jws}")
