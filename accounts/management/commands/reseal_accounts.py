"""``manage.py reseal_accounts``: after a switch of ``ACCOUNT_KEYS``, before the old key goes."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.services.resealing import accounts_reseal, api_keys_of_former_keys


class Command(BaseCommand):
    help = "Seal what rows keep secret with the newest account key; count the API keys left."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="count, and change nothing")

    def handle(self, *_args: Any, check: bool, **_options: Any) -> None:
        broken = 0
        if not check:
            done = accounts_reseal()
            broken = done.broken
            self.stdout.write(f"Sealed with the newest key: {done.values}.")
        left = api_keys_of_former_keys()
        self.stdout.write(
            f"API keys that were not used since the switch, and end with the old key: {left}."
        )
        if broken:
            raise CommandError(f"Sealed with a key that is gone: {broken}. Put the key back.")
