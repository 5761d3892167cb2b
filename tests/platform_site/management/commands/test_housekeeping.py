"""``housekeeping``: every command that an app declares runs, whatever becomes of the others."""

import os
import signal
import subprocess
import sys
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session as AdminSession
from django.core.management import CommandError, call_command, get_commands
from django.core.management.base import BaseCommand
from django.utils import timezone

from accounts.models import Session, User
from platform_site.management.commands import housekeeping
from tests.servers.processes import ROOT


class Breaks(BaseCommand):
    def handle(self, *_args: Any, **_options: Any) -> None:
        raise RuntimeError("the disk is full")


class Leaves(BaseCommand):
    def handle(self, *_args: Any, **_options: Any) -> None:
        raise SystemExit(3)


class Works(BaseCommand):
    runs = 0

    def handle(self, *_args: Any, **_options: Any) -> None:
        Works.runs += 1


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """What is declared; the names stand for the commands above."""
    made = {"breaks": Breaks(), "leaves": Leaves(), "works": Works()}
    intervals: dict[str, int] = {}

    def call(name: str, **options: Any) -> None:
        call_command(made[name], **options)

    monkeypatch.setattr(housekeeping, "declared", lambda: intervals)
    monkeypatch.setattr(housekeeping, "call_command", call)
    Works.runs = 0
    return intervals


def run() -> str:
    out = StringIO()
    housekeeping.Command(stdout=out, stderr=StringIO()).handle(loop=False)
    return out.getvalue()


@pytest.mark.django_db
def test_expired_sessions_of_people_and_of_the_admin_go() -> None:
    past = timezone.now() - timedelta(seconds=1)
    user = User.objects.create_user("alice@example.com")
    Session.objects.create(user=user, refresh_hash="x", expires_at=past)
    kept, old = SessionStore(), SessionStore()
    kept.save()
    old.save()
    AdminSession.objects.filter(session_key=old.session_key).update(expire_date=past)
    out = StringIO()
    call_command("housekeeping", stdout=out)
    assert not Session.objects.exists()
    assert AdminSession.objects.get().session_key == kept.session_key
    assert out.getvalue().endswith(" commands, 0 failed.\n")


@pytest.mark.parametrize("broken", ["breaks", "leaves"])
def test_a_command_that_fails_does_not_stop_the_next(
    db: None, commands: dict[str, int], broken: str
) -> None:
    commands |= {broken: 60, "works": 60}
    with pytest.raises(CommandError, match=f"Failed: {broken}"):
        run()
    assert Works.runs == 1


def test_a_platform_without_housekeeping_says_so(commands: dict[str, int]) -> None:
    with pytest.raises(CommandError, match="No installed app"):
        run()


def test_every_declared_command_exists_and_every_interval_is_in_seconds() -> None:
    assert set(housekeeping.declared()) <= set(get_commands())
    assert all(60 <= every <= 86_400 for every in housekeeping.declared().values())
    assert set(housekeeping.declared()) >= {"expire_sessions", "clearsessions"}


class Clock:
    """Time that passes while the loop waits, until it is asked to end."""

    def __init__(self, ends_at: float) -> None:
        self.now, self.ends_at = 1000.0, ends_at

    def monotonic(self) -> float:
        return self.now

    def wait(self, pause_s: float) -> bool:
        self.now += pause_s
        return self.now > self.ends_at

    def set(self) -> None:
        """As `threading.Event`."""


def test_a_loop_runs_each_when_due_and_a_failed_one_sooner(
    monkeypatch: pytest.MonkeyPatch, commands: dict[str, int]
) -> None:
    clock, ran = Clock(1000 + 3600), list[tuple[str, float]]()
    monkeypatch.setattr("time.monotonic", clock.monotonic)
    monkeypatch.setattr("threading.Event", lambda: clock)
    monkeypatch.setattr("signal.signal", lambda *_: None)
    commands |= {"hourly": 3600, "often": 1200, "fails": 1800}

    def succeeds(_self: housekeeping.Command, name: str) -> bool:
        ran.append((name, clock.now - 1000))
        return name != "fails"

    monkeypatch.setattr(housekeeping.Command, "_succeeds", succeeds)
    monkeypatch.setattr(housekeeping, "close_old_connections", lambda: None)
    housekeeping.Command().handle(loop=True)
    assert [at for name, at in ran if name == "hourly"] == [0, 3600]
    assert [at for name, at in ran if name == "often"] == [0, 1200, 2400, 3600]
    assert [at for name, at in ran if name == "fails"] == list(range(0, 3601, 300))


def test_a_loop_ends_when_it_is_asked_to() -> None:
    """As a container's first process, which no signal ends that it does not handle."""
    program = (
        "import django; django.setup(); from platform_site.management.commands import housekeeping;"
        "from django.core.management.base import BaseCommand;"
        "housekeeping.declared = lambda: {'nothing': 3600};"
        "housekeeping.Command._succeeds = lambda self, name: print(name, flush=True) or True;"
        "housekeeping.Command().handle(loop=True); print('ended')"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        env={**os.environ},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    assert process.stdout.readline() == "nothing\n"
    process.send_signal(signal.SIGTERM)
    said, _ = process.communicate(timeout=30)
    assert (said, process.returncode) == ("ended\n", 0)
