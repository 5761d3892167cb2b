"""``manage.py unlock``: lets the owner of an account sign in after too many wrong passwords."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts import selectors
from accounts.services.users import account_unlock


class Command(BaseCommand):
    help = "Forget the wrong passwords of an account, so that its owner may try again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="the account's address")

    def handle(self, *_args: Any, email: str, **_options: Any) -> None:
        user = selectors.user_by_email(email=email)
        if user is None:
            raise CommandError(f"There is no account {email}.")
        account_unlock(user_id=user.id)
        self.stdout.write(f"The account {user.email} is unlocked.")
