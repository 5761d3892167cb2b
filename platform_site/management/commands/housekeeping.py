"""``manage.py housekeeping``: what the installed apps want done from time to time.

An app declares it on its ``AppConfig``: ``housekeeping = {"expire_sessions": 3600}``, a command
and the seconds between two runs. A CronJob runs them all and ends; ``--loop`` stays, and runs each
when it is due. Jobs of images are not here: Celery beat sends those.
"""

import signal
import threading
import time
from argparse import ArgumentParser
from collections.abc import Iterable, Mapping
from typing import Any, Final

import structlog
from django.apps import apps
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import close_old_connections

from platform_site.kit.database import statements_of

log = structlog.get_logger(__name__)

STATEMENT_S: Final = 300.0
"""What is deleted after a long time without it may be many rows; nobody waits for it."""
RETRY_S: Final = 300
"""A loop tries a command that failed again after this, or after its interval if that is less."""


class Command(BaseCommand):
    help = "Run the housekeeping that the installed apps declare: once, or with --loop when due."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--loop", action="store_true", help="stay, and run each when it is due")

    def handle(self, *_args: Any, loop: bool, **_options: Any) -> None:
        intervals_s = declared()
        if not intervals_s:
            raise CommandError("No installed app declares housekeeping.")
        if loop:
            self._loop(intervals_s)
            return
        failed = self._run(intervals_s)
        self.stdout.write(f"Housekeeping: {len(intervals_s)} commands, {len(failed)} failed.")
        if failed:
            raise CommandError(f"Failed: {', '.join(failed)}. The log has the reasons.")

    def _loop(self, intervals_s: Mapping[str, int]) -> None:
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_signal: stop.set())
        due_at = dict.fromkeys(intervals_s, time.monotonic())
        while not stop.wait(max(0.0, min(due_at.values()) - time.monotonic())):
            due = [name for name, at in due_at.items() if at <= time.monotonic()]
            # A loop lives for days, and the database may have been restarted since the last round.
            close_old_connections()
            failed = self._run(due)
            for name in due:
                pause_s = intervals_s[name]
                due_at[name] = time.monotonic() + (
                    min(pause_s, RETRY_S) if name in failed else pause_s
                )

    def _run(self, names: Iterable[str]) -> list[str]:
        return [name for name in names if not self._succeeds(name)]

    def _succeeds(self, name: str) -> bool:
        """Run one command. Its failure is logged and printed, and stops no other command."""
        started = time.monotonic()
        try:
            with statements_of(STATEMENT_S, for_session=True):
                call_command(name, stdout=self.stdout)
        except (Exception, SystemExit) as exc:
            log.exception("housekeeping_failed", command=name)
            self.stderr.write(f"{name}: {type(exc).__name__}: {exc}")
            return False
        took_s = round(time.monotonic() - started, 3)
        log.info("housekeeping_done", command=name, duration_s=took_s)
        return True


def declared() -> dict[str, int]:
    """Seconds between two runs of each command that an installed app declares."""
    found: dict[str, int] = {}
    for app in apps.get_app_configs():
        found |= getattr(app, "housekeeping", {})
    return found
