"""``manage.py rotate_keys``: replaces a key in the secrets directory, in steps that end nothing.

``rotate_keys KIND``, ``… --switch``, ``… --finish``, with `make k8s-apply` after each;
``rotate_keys status`` says how far each is.
"""

from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from platform_site.secrets import rotation

STATUS: Final = "status"
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
    "switch": "Next: make k8s-apply, wait for the roll-outs; then rotate_keys {kind} --finish, "
    "which says when it may be (make k8s-rotate-keys KIND={kind} STEP=finish).",
    "finish": "Next: make k8s-apply. Back the directory up.",
}


class Command(BaseCommand):
    help = "Replace a key in safe steps: begin, --switch, --finish; make k8s-apply after each."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", choices=(*rotation.KINDS, STATUS))
        steps = parser.add_mutually_exclusive_group()
        steps.add_argument("--switch", action="store_true", help="use the new key")
        steps.add_argument("--finish", action="store_true", help="drop the old key")
        parser.add_argument(
            "--now",
            action="store_true",
            help="with --finish: do not wait; what the old key signed is refused (it has leaked)",
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="name the files that would change, change none"
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
        **options: Any,
    ) -> None:
        if not (directory / "auth").is_dir():
            raise CommandError(f"{directory} is no directory of init_secrets.")
        if kind == STATUS:
            for line in status(directory, datetime.now(UTC)):
                self.stdout.write(line)
            return
        step = "finish" if finish else "switch" if switch else "begin"
        dry_run = bool(options.get("dry_run"))
        try:
            changed = rotation.rotate(
                directory, kind, step, now=datetime.now(UTC), early=now, dry_run=dry_run
            )
        except rotation.OutOfOrder as exc:
            raise CommandError(f"{exc} Nothing was changed.") from exc
        if changed is None:
            self.stdout.write("This step is done already: nothing was changed.")
        elif dry_run:
            self.stdout.write("\n".join(["Would change:", *(f"  {file}" for file in changed)]))
            return
        self.stdout.write(self.style.SUCCESS(DONE[step]))
        self.stdout.write(NEXT[step].format(kind=kind))
        if beside := BESIDE.get((kind, step)):
            self.stdout.write(beside)


def status(directory: Path, now: datetime) -> Iterator[str]:
    """A line for each kind: how far its rotation is, and what may come next, and when."""
    for kind in rotation.KINDS:
        stands = rotation.standing(directory, kind)
        last = f"{stands.last} at {stands.at:%Y-%m-%d %H:%M} UTC" if stands.last else "at rest"
        if not stands.last and stands.at:
            last = f"at rest since {stands.at:%Y-%m-%d %H:%M} UTC"
        waits = stands.ready_at is not None and stands.ready_at > now
        when = f" from {stands.ready_at:%Y-%m-%d %H:%M} UTC on" if waits else ""
        yield f"{kind:10} {last:32} next: {stands.next}{when}"
