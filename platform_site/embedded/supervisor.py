"""Runs the embedded role's processes: starts them, restarts the worker, keeps house, ends all."""

import errno
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import urllib3

from platform_site.embedded.sources import Sources

STOP_TIMEOUT_S: Final = 20.0
"""A worker that is asked to end finishes what it has in hand; what takes longer is run again."""
READY_TIMEOUT_S: Final = 60.0
RESTART_PAUSE_S: Final = 1.0


class StartFailed(Exception):
    """A process ended, or did not become ready, before the platform was up."""


@dataclass
class Child:
    """One process of ours, in a session of its own so that Ctrl-C reaches only the supervisor."""

    name: str
    command: Sequence[str]
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the process, anew if it has ended; what it says is added to ``log``."""
        self._end_session()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                env={**os.environ, **self.environment},
                stdout=log,
                stderr=subprocess.STDOUT,
                # Ctrl-C in the terminal reaches the whole foreground group; children end in our
                # order.
                start_new_session=True,
            )

    def last_words(self, lines: int = 15) -> str:
        """The end of the log, for the person who asks why it ended."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def has_ended(self) -> bool:
        """Whether the process was started and is no more."""
        return self.process is not None and self.process.poll() is not None

    def stop(self) -> None:
        """Ask the process to end, wait, and end it and all that it started if they have not."""
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(STOP_TIMEOUT_S)
        self._end_session()
        self.process.wait()
        self.process = None

    def _end_session(self) -> None:
        """SIGKILL to whatever is left of the process's session: orphans hold ports and jobs."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)


WEB_COMMANDS: Final = {
    "gunicorn": ("-m", "gunicorn", "-c", "python:platform_site.gunicorn"),
    "granian": ("-m", "platform_site.web.granian_server"),
}


def web(port: int, log: Path, *, server: str = "gunicorn", reload: bool = False) -> Child:
    """``server`` with one process: limits and idempotency are counted in its memory.

    With ``reload``, gunicorn starts that process anew when code changes; granian does not.
    """
    command = [sys.executable, *WEB_COMMANDS["gunicorn" if reload else server]]
    return Child(
        "web",
        [*command, "--reload"] if reload else command,
        log,
        {"PORT": str(port), "WEB_WORKERS": "1", "MALLOC_ARENA_MAX": "2"},
    )


def worker(log: Path) -> Child:
    """One Celery worker for every queue, with the scheduler inside it."""
    options = [
        *("--beat", "--pool", "prefork", "--concurrency", "2", "--loglevel", "WARNING"),
        *("--without-gossip", "--without-mingle"),
    ]
    return Child(
        "worker",
        [sys.executable, "-m", "celery", "-q", "-A", "platform_site.celery", "worker", *options],
        log,
        {"PYTHONWARNINGS": "ignore:You're running the worker with superuser privileges"},
    )


def housekeeping(port: int, log: Path) -> Child:
    """One round of what the apps want done from time to time; it ends by itself.

    Its mails have links to ``port``.
    """
    command = [sys.executable, "manage.py", "housekeeping"]
    return Child("housekeeping", command, log, {"PORT": str(port)})


@dataclass
class PeriodicProcess:
    """A process that runs to its end once in every ``interval_s``, beginning at once."""

    child: Child
    interval_s: float
    due_at: float = 0.0
    """On the monotonic clock."""

    def turn(self) -> None:
        """Start the process when it is due; a round that still runs is not disturbed."""
        idle = self.child.process is None or self.child.has_ended()
        if idle and time.monotonic() >= self.due_at:
            self.due_at = time.monotonic() + self.interval_s
            self.child.start()


def port_refusal(port: int) -> str:
    """Why we may not listen on ``port`` of the loopback address; empty if we may."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError:
            return f"Port {port} is only for the superuser. Choose another one: make up PORT=8000"
        except OSError as exc:
            if exc.errno != errno.EADDRINUSE:
                return f"Port {port} cannot be used: {exc.strerror}."
            return (
                f"Port {port} is taken by another program. "
                f"Stop that program, or choose another port: make up PORT={port + 1}"
            )
    return ""


class Supervisor:
    """Keeps ``web`` and ``worker`` running, and ``periodic`` coming, until it is stopped.

    The worker is started anew when ``sources`` change; Celery does not see that itself.
    ``each_turn`` is called about once a second.
    """

    def __init__(
        self,
        *,
        web: Child,
        worker: Child,
        warn: Callable[[str], None],
        periodic: PeriodicProcess | None = None,
        sources: Sources | None = None,
        each_turn: Callable[[], None] = lambda: None,
    ) -> None:
        self._each_turn = each_turn
        self._web = web
        self._worker = worker
        self._warn = warn
        self._periodic = periodic
        self._sources = sources
        self._stopping = threading.Event()

    def start(self, *, ready_url: str, worker_is_ready: Callable[[], bool]) -> None:
        """Start both and return when both are ready. Raises `StartFailed`."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_signal: self._stopping.set())
        self._web.start()
        self._worker.start()
        deadline = time.monotonic() + READY_TIMEOUT_S
        self._await("web", self._web, lambda: _answers(ready_url), deadline)
        self._await("worker", self._worker, worker_is_ready, deadline)

    def run(self) -> None:
        """Watch until a signal comes. A dead worker is started anew; a dead web process ends all.

        Raises `StartFailed` when the web process ended by itself.
        """
        while not self._stopping.wait(RESTART_PAUSE_S):
            if self._web.has_ended():
                raise StartFailed(f"The web process has ended.\n{self._web.last_words()}")
            self._worker_keep()
            self._each_turn()
            if self._periodic:
                self._periodic.turn()

    def _worker_keep(self) -> None:
        if self._sources:
            # A worker that broken code has ended waits for the next change.
            if self._sources.have_changed():
                self._warn("Code has changed; starting the worker again.")
                self._worker.stop()
                self._worker.start()
        elif self._worker.has_ended():
            self._warn("The worker has ended; starting it again. Its jobs go on.")
            self._worker.start()

    def stop(self) -> None:
        """End all, the web process first so that nothing new arrives."""
        last = [self._periodic.child] if self._periodic else []
        for child in (self._web, self._worker, *last):
            child.stop()

    def _await(
        self, name: str, child: Child, is_ready: Callable[[], bool], deadline: float
    ) -> None:
        while not is_ready():
            if self._stopping.is_set():
                raise StartFailed("Stopped before it was ready.")
            if child.has_ended():
                raise StartFailed(f"The {name} process ended at once.\n{child.last_words()}")
            if time.monotonic() > deadline:
                raise StartFailed(f"The {name} process is not ready after {READY_TIMEOUT_S:.0f} s.")
            time.sleep(0.1)


def _answers(url: str) -> bool:
    try:
        return urllib3.request("GET", url, timeout=1.0, retries=False).status == 200  # noqa: PLR2004
    except urllib3.exceptions.HTTPError:
        return False
