"""``manage.py send_mails``: sends the mail that waits, and forgets what is over."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.services.email_change import email_changes_expire
from accounts.services.export_notices import exports_tell
from accounts.services.links import links_expire
from accounts.services.mail_sending import mails_send
from accounts.services.mails import mails_remove


class Command(BaseCommand):
    help = "Send the mail that waits; remove what was sent long ago, and links that have expired."

    def handle(self, *_args: Any, **_options: Any) -> None:
        removed, expired = mails_remove(), links_expire() + email_changes_expire()
        self.stdout.write(f"Removed {removed} old mails and {expired} expired links.")
        if not settings.MAILS_ENABLED:
            return
        exports_tell()
        run = mails_send()
        self.stdout.write(f"Sent {run.sent}; {run.again} to be tried again; {run.failed} given up.")
        if run.is_down:
            raise CommandError("The mail server gives no answer.")
