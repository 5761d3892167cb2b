"""``manage.py init_secrets``: all key material and passwords of a cluster, one directory a role.

What is there is never touched; what is missing is made to fit it.
"""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from platform_site import redis_users
from platform_site.secrets import generation, key_files


class Command(BaseCommand):
    help = "Write every key and password that is missing, readable by their owner only (0600)."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--directory",
            type=Path,
            default=settings.BASE_DIR / "deploy" / "k8s" / "secrets",
            help="where to write; one directory a role (default: deploy/k8s/secrets)",
        )

    def handle(self, *_args: Any, directory: Path, **_options: Any) -> None:
        is_new = not directory.exists() or not any(directory.iterdir())
        try:
            missing = key_files.missing(directory)
        except (key_files.Inconsistent, redis_users.WrongCredential) as exc:
            raise CommandError(f"{exc} Nothing was written.") from exc
        for role, files in missing.items():
            generation.write(directory / role, files)
            self.stdout.write(f"{role:13} {', '.join(sorted(files))}")
        for file in key_files.redis_users_follow(directory):
            self.stdout.write(f"{file.parent.name:13} {file.name} (written anew: it follows)")
        if is_new:
            words = f"Written to {directory}, mode 0600. Back it up."
        elif missing:
            words = f"Added to {directory}; nothing that was there was touched. Back it up."
        else:
            words = f"{directory} is complete: nothing was written."
        self.stdout.write(self.style.SUCCESS(words))
