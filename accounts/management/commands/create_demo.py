"""Makes the demo account, once."""

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email

from accounts import selectors
from accounts.services.users import account_ensure
from platform_site.kit.identifiers import random_token


class Command(BaseCommand):
    help = "Make the demo account with a generated password, and print it once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--email", default="demo@example.com", help="the account's address")
        parser.add_argument("--name", default="Demo", help="the account's name")
        parser.add_argument("--staff", action="store_true", help="let it into the admin")
        parser.add_argument("--reset", action="store_true", help="give it a new password")
        parser.add_argument(
            "--password-file",
            type=Path,
            help="keep the password there (mode 0600), and use it again in the next run",
        )

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002
        email, file = options["email"], options["password_file"]
        _require_email(email)
        kept = "" if options["reset"] or file is None else _read(file)
        exists = selectors.user_by_email(email=email) is not None
        if exists and not kept and not options["reset"] and file is None:
            self.stdout.write(f"The demo account {email} exists; --reset gives it a new password.")
            return
        password = kept or random_token(12)
        if file is not None and password != kept:
            _write(file, password)
        changed = account_ensure(
            email=email, name=options["name"], password=password, is_staff=options["staff"]
        )
        self.stdout.write(f"The demo account {email} {'is ready' if changed else 'is unchanged'}.")
        self.stdout.write(f"Password: {password}" if changed else f"Its password is in {file}.")


def _require_email(email: str) -> None:
    try:
        validate_email(email)
    except ValidationError as exc:
        raise CommandError(f"{email!r} is not an e-mail address.") from exc


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return ""


def _write(path: Path, password: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)  # a file with wider rights is not written into
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
        stream.write(f"{password}\n")
