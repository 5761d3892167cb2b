"""``manage.py delete_due_accounts``: deletes the accounts whose day has come, images first."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.services.closing import accounts_delete_due


class Command(BaseCommand):
    help = "Delete the accounts whose day has come. Repeatable; what fails is for the next run."

    def handle(self, *_args: Any, **_options: Any) -> None:
        done = accounts_delete_due()
        self.stdout.write(
            f"Deleted {done.deleted}; waiting {done.waiting}, of which overdue {done.overdue}."
        )
        if done.failed or done.overdue:
            raise CommandError(
                f"{done.failed} without an answer from images; {done.overdue} overdue."
            )
