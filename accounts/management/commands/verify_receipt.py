"""``manage.py verify_receipt FILE``: whether a receipt of a deleted account is one of ours."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandError

from accounts.services.receipts import ReceiptInvalid, receipt_verify


class Command(BaseCommand):
    help = "Verify the receipt of a deleted account and print what it says."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="the receipt as it was mailed; - reads the standard input")

    def handle(self, *_args: Any, file: str, **_options: Any) -> None:
        try:
            text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
            receipt = receipt_verify(text)
        except (OSError, UnicodeError) as exc:
            raise CommandError(f"{exc}") from exc
        except ReceiptInvalid as exc:
            raise CommandError(f"This is no receipt of ours. {exc}") from exc
        self.stdout.write(orjson.dumps(receipt.claims, option=orjson.OPT_INDENT_2).decode())
        if not receipt.is_recorded:
            raise CommandError("The signature holds, but no such receipt was recorded here.")
        self.stdout.write("The signature holds, and the receipt was recorded when it was given.")
