"""``manage.py verify_audit``: names the row of the audit that is not as it was written."""

from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jwt
import orjson
from django.core.management.base import BaseCommand, CommandError

from accounts.services.audit_verification import audit_verify


class Command(BaseCommand):
    help = "Verify the audit; the first row of each chain that was altered, removed or inserted."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--heads",
            type=Path,
            action="append",
            default=[],
            help="an export, or a file of signed heads, that was kept elsewhere; repeatable",
        )
        parser.add_argument(
            "--keys", type=Path, help="a key set (JWKS) with keys that are no longer published"
        )

    def handle(self, *_args: Any, heads: list[Path], keys: Path | None, **_options: Any) -> None:
        try:
            kept_keys = jwt.PyJWKSet.from_json(keys.read_text()).keys if keys else []
            kept_heads = [jws for path in heads for jws in _heads_in(path)]
        except (OSError, ValueError, jwt.PyJWTError) as exc:
            raise CommandError(f"{exc}") from exc
        report = audit_verify(kept_heads=kept_heads, kept_keys=kept_keys)
        for finding in report.findings:
            self.stdout.write(str(finding))
        if report.findings:
            raise CommandError(f"The audit is not as it was written: {len(report.findings)}.")
        self.stdout.write(f"Verified {report.entries} entries and {report.heads} heads.")


def _heads_in(path: Path) -> Iterator[str]:
    """Heads in lines of their own, and in those of an export."""
    with path.open(encoding="utf-8") as stream:
        for line in map(str.strip, stream):
            if line.startswith("{"):
                document = orjson.loads(line)
                if jws := document.get("head") or document.get("jws"):
                    yield str(jws)
            elif line:
                yield line
