"""``manage.py init_secrets``: all key material and passwords of a cluster, one directory a role."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from platform_site import key_material


class Command(BaseCommand):
    help = "Write every key and password of a new platform, readable by their owner only (0600)."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--directory",
            type=Path,
            default=settings.BASE_DIR / "deploy" / "k8s" / "secrets",
            help="where to write; one directory a role (default: deploy/k8s/secrets)",
        )

    def handle(self, *_args: Any, directory: Path, **_options: Any) -> None:
        if directory.exists() and any(directory.iterdir()):
            raise CommandError(
                f"{directory} is not empty. Existing keys are never overwritten: what they signed "
                "and locked would be lost. Choose another --directory, or move this one away."
            )
        for role, files in key_material.cluster(key_material.KeyMaterial()).items():
            key_material.write(directory / role, files)
            self.stdout.write(f"{role:13} {', '.join(sorted(files))}")
        self.stdout.write(self.style.SUCCESS(f"Written to {directory}, mode 0600. Back it up."))
