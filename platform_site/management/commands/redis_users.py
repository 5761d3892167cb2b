"""``manage.py redis_users``: the users of both Redis servers from the credentials of the roles."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from platform_site import redis_users
from platform_site.secrets import key_files


class Command(BaseCommand):
    help = "Write redis-cache/users.acl and redis-broker/users.acl anew, after a password changed."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--directory",
            type=Path,
            default=settings.BASE_DIR / "deploy" / "k8s" / "credentials" / "secrets",
            help="what init_secrets wrote (default: deploy/k8s/credentials/secrets)",
        )

    def handle(self, *_args: Any, directory: Path, **_options: Any) -> None:
        try:
            written = key_files.redis_users_follow(directory)
        except redis_users.WrongCredential as exc:
            raise CommandError(str(exc)) from exc
        for file in written:
            self.stdout.write(f"{file.parent.name}: {file.name} was written anew")
        self.stdout.write(self.style.SUCCESS("Both servers have the users of the credentials."))
