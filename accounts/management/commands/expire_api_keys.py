"""``manage.py expire_api_keys``: removes API keys that ended 30 days ago."""

from typing import Any

from django.core.management.base import BaseCommand

from accounts.services.api_keys import api_keys_expire


class Command(BaseCommand):
    help = "Remove API keys that were revoked, or expired, 30 days ago. Run it daily."

    def handle(self, *_args: Any, **_options: Any) -> None:
        count = api_keys_expire()
        self.stdout.write(f"Removed {count} API {'key' if count == 1 else 'keys'}.")
