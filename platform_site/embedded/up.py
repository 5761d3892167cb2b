"""What ``manage.py up`` does: prepares the directory of all data, then runs web and worker.

The only place that makes keys and directories for the embedded role. Its settings read what is
there, so every other command and every tool can import them and leaves nothing behind.
"""

import logging
import os
import sys
import time
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Final, NoReturn

from django.conf import settings
from django.core.management import call_command
from django.core.management.color import color_style

from platform_site.embedded import supervisor
from platform_site.embedded.mail_log import NewMail
from platform_site.embedded.sources import Sources
from platform_site.secrets import generation

Say = Callable[[str], None]
DIRECTORIES: Final = ("objects", "broker/queue", "broker/control", "cache", "log")
SECRETS: Final = "secrets"
KEPT: Final = (
    *("objects", "broker", "cache", "log", SECRETS),
    *("platform.sqlite3*", "demo-password", "worker-heartbeat*"),
)
"""What the embedded role writes below ``VAR_DIR``."""
SAMPLE: Final = "tests/photographs/wine-portrait-exif.jpg"
JSON: Final = """json() { python3 -c "import json, sys; print(json.load(sys.stdin)$1)"; }"""
PACKAGES: Final = ("platform_site", "accounts", "gateway", "images")
EMAIL: Final = "demo@example.com"


def prepare(var: Path) -> bool:
    """Make what the role keeps in ``var``; what is there stays. Whether the keys were made now."""
    directories_make(var)
    tighten(var)
    return generation.embedded_ensure(var / SECRETS)


def directories_make(var: Path) -> None:
    """Make the directories that objects, queue, cache and logs are written to."""
    for name in DIRECTORIES:
        (var / name).mkdir(parents=True, exist_ok=True)


def begin_anew() -> NoReturn:
    """Run this command once more, in this process, with settings that find what was prepared.

    The settings in hand were read before there were keys: they have throw-away ones, and no
    database. Nothing may go on with those.
    """
    os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606 - no shell is meant


def run(port: int, *, housekeeping_every_s: int, say: Say, warn: Say, reload: bool = False) -> None:
    """Migrate, make the demo account, and serve until a signal comes. Raises `StartFailed`.

    With ``reload``, web and worker follow changes of the code.
    """
    logging.getLogger().setLevel(logging.WARNING)  # the children write their own logs
    say("Preparing the database …")
    call_command("migrate", verbosity=0)
    password = demo_password()
    started_at = time.time()
    heartbeat = Path(settings.WORKER_HEARTBEAT_FILE)
    url = f"http://127.0.0.1:{port}"
    team = _team(port, housekeeping_every_s=housekeeping_every_s, warn=warn, say=say, reload=reload)
    say("Starting the web process and the worker …")
    try:
        team.start(
            ready_url=f"{url}/readyz",
            # A file of an earlier start says nothing of the worker of this one.
            worker_is_ready=lambda: heartbeat.exists() and heartbeat.stat().st_mtime > started_at,
        )
        say(welcome(url, password))
        team.run()
        say("\nStopping …")
    finally:
        team.stop()
    say("Stopped. Everything is kept in var/; `make up` goes on from here.")


def _team(
    port: int, *, housekeeping_every_s: int, warn: Say, say: Say, reload: bool
) -> supervisor.Supervisor:
    logs = settings.VAR_DIR / "log"
    mails = NewMail(Path(settings.EMAIL_FILE_PATH))

    def mails_show() -> None:
        if text := mails.read():
            say(text)

    return supervisor.Supervisor(
        web=supervisor.web(port, logs / "web.log", server=settings.WEB_SERVER, reload=reload),
        worker=supervisor.worker(logs / "worker.log"),
        periodic=supervisor.PeriodicProcess(
            supervisor.housekeeping(port, logs / "housekeeping.log"), housekeeping_every_s
        ),
        warn=warn,
        sources=Sources([settings.BASE_DIR / name for name in PACKAGES]) if reload else None,
        each_turn=mails_show,
    )


def demo_password() -> str:
    """The password of the demo account, which is made where it is missing."""
    file = settings.VAR_DIR / "demo-password"
    call_command("create_demo", password_file=file, staff=True, stdout=StringIO())
    return str(file.read_text().strip())


def welcome(url: str, password: str) -> str:
    """What a person reads once everything runs at ``url``."""
    # Browsers make passkeys for a name, and for no address; the server listens on the address.
    pages = url.replace("127.0.0.1", "localhost")
    login = f'{{"email": "{EMAIL}", "password": "{password}", "mode": "token"}}'
    return f"""
{color_style().SUCCESS("The image platform is running.")}

  Open       {pages}/
  Sign in    {EMAIL}   {password}
  API        {pages}/api/v1/docs
  Admin      {pages}/admin/   (the same account)

The main job in three lines: sign in, send a photograph and wait, fetch a rendition.

  {JSON}
  TOKEN=$(curl -s {url}/auth/login -H 'Content-Type: application/json' \\
    -d '{login}' | json '["access"]')
  URL=$(curl -s {url}/api/v1/process -H "Authorization: Bearer $TOKEN" \\
    -H 'Prefer: wait=10' -F file=@{SAMPLE} -F presets=small |
    json '["image"]["renditions"][0]["url"]')
  curl -s "$URL" -o small.webp && ls -l small.webp

Mail to people is shown here. Logs are in {settings.VAR_DIR}/log. Ctrl-C stops everything.
"""


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
