"""Programs of the platform as real processes that a test starts, kills and reads the logs of."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import urllib3

ROOT = Path(__file__).resolve().parents[2]
KEPT = ("PATH", "HOME", "LANG", "TMPDIR", "VIRTUAL_ENV")


class Program:
    """One process with nothing of the test's environment but what it is given."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        environment: Mapping[str, str],
        directory: Path,
        root: Path = ROOT,
    ) -> None:
        self.name = name
        self._root = root
        self.log = directory / f"{name}.log"
        self._command = command
        self._environment = {key: os.environ[key] for key in KEPT if key in os.environ}
        self._environment |= {"PYTHONPATH": str(root), "PYTHONUNBUFFERED": "1", **environment}
        self.process: subprocess.Popen[bytes] | None = None
        self._is_asked = False

    def start(self) -> None:
        """Start it in a process group of its own; its words go to ``log``."""
        self._is_asked = False
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self._command,
                env=self._environment,
                cwd=self._root,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def ask_to_end(self) -> None:
        """SIGTERM, once: a second one may mean more. Does not wait for what it does."""
        if self.process is not None and self.process.poll() is None and not self._is_asked:
            self._is_asked = True
            self.process.terminate()

    def stop(self) -> None:
        """SIGTERM, wait, and SIGKILL when it does not end."""
        if self.process is None:
            return
        self.ask_to_end()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.kill()
        self.process = None

    def kill(self) -> None:
        """SIGKILL to the process and its children, as the kernel does when memory ends."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(10)
            self.process = None

    def words(self) -> str:
        """Everything it has said so far."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def events(self) -> list[dict[str, Any]]:
        """Its lines of JSON."""
        return [json.loads(line) for line in self.words().splitlines() if line.startswith("{")]


def manage(*arguments: str, environment: Mapping[str, str], root: Path = ROOT) -> str:
    """Run one ``manage.py`` command to its end and return what it printed; raises on failure."""
    kept = {key: os.environ[key] for key in KEPT if key in os.environ}
    done = subprocess.run(
        [sys.executable, str(root / "manage.py"), *arguments],
        env={**kept, **environment},
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise AssertionError(f"manage.py {' '.join(arguments)}\n{done.stdout}\n{done.stderr}")
    return done.stdout


def wait_until_ready(program: Program, url: str, *, timeout_s: float = 40.0) -> None:
    """Return once ``url`` answers 200; fails with the program's own words."""
    deadline = time.monotonic() + timeout_s
    answer = "no answer"
    while time.monotonic() < deadline:
        if program.process is not None and program.process.poll() is not None:
            break
        try:
            reply = urllib3.request("GET", url, timeout=1.0, retries=False)
        except urllib3.exceptions.HTTPError as exc:
            answer = type(exc).__name__
        else:
            if reply.status == 200:
                return
            answer = f"{reply.status} {reply.data.decode(errors='replace')}"
        time.sleep(0.05)
    raise AssertionError(f"{program.name} is not ready: {answer}\n{program.words()}")
