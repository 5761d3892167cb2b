"""``manage.py up``: the whole platform on this machine, in one web process and one worker."""

import os
from argparse import ArgumentParser
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from platform_site.backup.errors import Harmful
from platform_site.backup.lock import RUNNING, file_lock
from platform_site.embedded import supervisor, up
from platform_site.management.commands.housekeeping import declared

PORT_MAX: Final = 65_535


class Command(BaseCommand):
    help = "Run the whole platform here: migrate, make a demo account, start web and worker."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="the web port (default: 8000)")
        parser.add_argument(
            "--reload", action="store_true", help="start web and worker anew when code changes"
        )

    def handle(self, *_args: Any, port: int, reload: bool, **_options: Any) -> None:
        if settings.ROLE != "embedded":
            raise CommandError("`up` runs the embedded role; unset DJANGO_SETTINGS_MODULE.")
        if not 0 < port <= PORT_MAX:
            raise CommandError(f"{port} is not a port; use one from 1 to {PORT_MAX}.")
        if refusal := supervisor.port_refusal(port):
            raise CommandError(refusal)
        os.umask(0o077)  # children inherit it: pictures, keys and logs are for their owner only
        if up.prepare(settings.VAR_DIR):
            up.begin_anew()
        try:
            with file_lock(settings.VAR_DIR / RUNNING, "The platform runs here already."):
                up.run(
                    port,
                    housekeeping_every_s=min(declared().values()),
                    say=self.stdout.write,
                    warn=self.stderr.write,
                    reload=reload,
                )
        except (supervisor.StartFailed, Harmful) as exc:
            raise CommandError(str(exc)) from exc
