"""``manage.py resend_audit``: the receiver of the audit gets what is of a time or later."""

from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.services.audit_delivery import audit_resend


class Command(BaseCommand):
    help = "Have the entries of the audit from a time on sent to AUDIT_WEBHOOK_URL, once more."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--since",
            type=_moment,
            required=True,
            help="a time of ISO 8601 with its offset, such as 2026-11-28T00:00:00Z",
        )

    def handle(self, *_args: Any, since: datetime, **_options: Any) -> None:
        if not settings.AUDIT_WEBHOOK_URL:
            raise CommandError("AUDIT_WEBHOOK_URL is empty: there is no receiver.")
        count = audit_resend(since=since)
        self.stdout.write(f"Entries that are sent once more, within a minute: {count}.")


def _moment(text: str) -> datetime:
    """Raises ``ValueError``, also for a time without an offset: it would be anybody's guess."""
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError(text)
    return found
