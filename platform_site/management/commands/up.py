"""``manage.py up``: the whole platform on this machine, in one web process and one worker."""

import logging
import os
import time
from argparse import ArgumentParser
from io import StringIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from platform_site.embedded import supervisor
from platform_site.management.commands.housekeeping import declared

SAMPLE = "tests/photographs/wine-portrait-exif.jpg"
JSON = """json() { python3 -c "import json, sys; print(json.load(sys.stdin)$1)"; }"""
PORT_MAX = 65_535
KEPT = (
    *("objects", "broker", "cache", "log", "secrets"),
    *("platform.sqlite3*", "demo-password", "worker-heartbeat*"),
)
"""What the embedded role writes below ``VAR_DIR``."""


class Command(BaseCommand):
    help = "Run the whole platform here: migrate, make a demo account, start web and worker."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="the web port (default: 8000)")

    def handle(self, *_args: Any, port: int, **_options: Any) -> None:
        if settings.ROLE != "embedded":
            raise CommandError("`up` runs the embedded role; unset DJANGO_SETTINGS_MODULE.")
        if not 0 < port <= PORT_MAX:
            raise CommandError(f"{port} is not a port; use one from 1 to {PORT_MAX}.")
        if refusal := supervisor.port_refusal(port):
            raise CommandError(refusal)
        os.umask(0o077)  # the children inherit it: pictures, keys and logs are for their owner only
        tighten(Path(settings.VAR_DIR))
        logging.getLogger().setLevel(logging.WARNING)  # the children write their own logs
        self.stdout.write("Preparing the database …")
        call_command("migrate", verbosity=0)
        password = self._demo_password()
        self._run(port, password)

    def _demo_password(self) -> str:
        file = Path(settings.VAR_DIR) / "demo-password"
        call_command("create_demo", password_file=file, staff=True, stdout=StringIO())
        return file.read_text().strip()

    def _run(self, port: int, password: str) -> None:
        started_at = time.time()
        heartbeat = Path(settings.WORKER_HEARTBEAT_FILE)
        logs = Path(settings.VAR_DIR) / "log"
        team = supervisor.Supervisor(
            web=supervisor.web(port, logs / "web.log"),
            worker=supervisor.worker(logs / "worker.log"),
            periodic=supervisor.Periodic(
                supervisor.housekeeping(logs / "housekeeping.log"), min(declared().values())
            ),
            tell=self.stderr.write,
        )
        self.stdout.write("Starting the web process and the worker …")
        try:
            team.start(
                ready_url=f"http://127.0.0.1:{port}/readyz",
                worker_is_ready=lambda: (
                    heartbeat.exists() and heartbeat.stat().st_mtime > started_at
                ),
            )
            self._welcome(f"http://127.0.0.1:{port}", password)
            team.run()
            self.stdout.write("\nStopping …")
        except supervisor.StartFailed as exc:
            raise CommandError(str(exc)) from exc
        finally:
            team.stop()
        self.stdout.write("Stopped. Everything is kept in var/; `make up` goes on from here.")

    def _welcome(self, address: str, password: str) -> None:
        email = "demo@example.com"
        login = f'{{"email": "{email}", "password": "{password}", "mode": "token"}}'
        self.stdout.write(
            f"""
{self.style.SUCCESS("The image platform is running.")}

  Open       {address}/
  Sign in    {email}   {password}
  API        {address}/api/v1/docs
  Admin      {address}/admin/   (the same account)

The main job in three lines: sign in, send a photograph and wait, fetch a rendition.

  {JSON}
  TOKEN=$(curl -s {address}/auth/login -H 'Content-Type: application/json' \\
    -d '{login}' | json '["access"]')
  URL=$(curl -s {address}/api/v1/process -H "Authorization: Bearer $TOKEN" \\
    -H 'Prefer: wait=10' -F file=@{SAMPLE} -F presets=small |
    json '["image"]["renditions"][0]["url"]')
  curl -s "$URL" -o small.webp && ls -l small.webp

Logs are in {settings.VAR_DIR}/log. Ctrl-C stops everything.
"""
        )


def tighten(directory: Path) -> None:
    """Take from everybody else what an earlier version, or another command, let them read.

    Only what is the embedded role's own: containers of other users read the files of Compose.
    """
    _restrict(directory)
    for pattern in KEPT:
        for path in directory.glob(pattern):
            _restrict(path)
            for inner in path.rglob("*"):
                _restrict(inner)


def _restrict(path: Path) -> None:
    mode = path.lstat().st_mode
    if mode & 0o077 and not path.is_symlink():
        path.chmod(mode & 0o700)
