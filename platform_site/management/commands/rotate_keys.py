"""``manage.py rotate_keys``: replaces a key in the secrets directory, in steps that end nothing.

``rotate_keys KIND``, ``… --switch``, ``… --finish``, with `make k8s-apply` after each.
"""

from argparse import ArgumentParser
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from platform_site.secrets import rotation

DONE: Final = {
    "begin": "The new key stands beside the old one: it is believed, and not used yet.",
    "switch": "The new key is used; the old one is still believed.",
    "finish": "The old key is gone.",
}
BESIDE: Final = {
    ("accounts", "switch"): "Then, in a pod of auth: manage.py reseal_accounts. It says how many "
    "API keys have not been used since, which end with --finish.",
}
"""What else a kind needs after a step."""
NEXT: Final = {
    "begin": "Next: make k8s-apply, wait for the roll-outs; then rotate_keys {kind} --switch "
    "(make k8s-rotate-keys KIND={kind} STEP=switch).",
    "switch": "Next: make k8s-apply; then rotate_keys {kind} --finish, which says when it may be "
    "(make k8s-rotate-keys KIND={kind} STEP=finish).",
    "finish": "Next: make k8s-apply. Back the directory up.",
}


class Command(BaseCommand):
    help = "Replace a key in safe steps: begin, --switch, --finish; make k8s-apply after each."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", choices=rotation.KINDS)
        steps = parser.add_mutually_exclusive_group()
        steps.add_argument("--switch", action="store_true", help="use the new key")
        steps.add_argument("--finish", action="store_true", help="drop the old key")
        parser.add_argument(
            "--now",
            action="store_true",
            help="with --finish: do not wait; what the old key signed is refused (it has leaked)",
        )
        parser.add_argument(
            "--directory",
            type=Path,
            default=settings.BASE_DIR / "deploy" / "k8s" / "credentials" / "secrets",
            help="what init_secrets wrote (default: deploy/k8s/credentials/secrets)",
        )

    def handle(
        self,
        *_args: Any,
        kind: str,
        switch: bool,
        finish: bool,
        now: bool,
        directory: Path,
        **_options: Any,
    ) -> None:
        step = "finish" if finish else "switch" if switch else "begin"
        if not (directory / "auth").is_dir():
            raise CommandError(f"{directory} is no directory of init_secrets.")
        try:
            rotation.rotate(directory, kind, step, now=datetime.now(UTC), early=now)
        except rotation.OutOfOrder as exc:
            raise CommandError(f"{exc} Nothing was changed.") from exc
        self.stdout.write(self.style.SUCCESS(DONE[step]))
        self.stdout.write(NEXT[step].format(kind=kind))
        if beside := BESIDE.get((kind, step)):
            self.stdout.write(beside)
