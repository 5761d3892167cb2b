"""``manage.py init_archive``: the passphrase of the database's archive, and its certificates."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from platform_site.secrets import archive, generation

DIRECTORY: Final = Path("deploy", "k8s", "components", "backup", "secrets")


class Command(BaseCommand):
    help = "Write the passphrase and certificates of the component `backup`, once."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--directory",
            type=Path,
            default=settings.BASE_DIR / DIRECTORY,
            help=f"where to write (default: {DIRECTORY})",
        )

    def handle(self, *_args: Any, directory: Path, **_options: Any) -> None:
        made = archive.key_material()
        there = {name for name in made if (directory / name).exists()}
        certificates = made.keys() - {"passphrase"}
        # One authority signs all: what another one signed would not be believed beside it.
        if certificates & there and certificates - there:
            names = ", ".join(sorted(certificates - there))
            raise CommandError(
                f"{directory} lacks {names}. Remove its other *.pem: they are made anew "
                "together. Nothing was written."
            )
        lacking = {name: content for name, content in made.items() if name not in there}
        generation.write(directory, lacking)
        for name in sorted(lacking):
            self.stdout.write(str(directory / name))
        if "passphrase" in lacking:
            self.stdout.write(
                "Keep the passphrase outside of this cluster, on paper too: without it nobody "
                "reads the archive."
            )
        for name in archive.STORE:
            if not (directory / name).exists():
                self.stdout.write(f"Write the store's {name} to {directory / name}, mode 0600.")
