"""The whole platform as ``make up`` runs it: one web process, one worker, no server."""

import re
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.servers.person import Person
from tests.servers.ports import free_port
from tests.servers.processes import ROOT, Program


@dataclass
class Laptop:
    """A platform started by the command that ``make up`` calls. ``password`` is its demo's."""

    program: Program
    port: int
    directory: Path
    password: str = ""

    @property
    def address(self) -> str:
        """The base URL of everything."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> Person:
        """Start, wait for the welcome and sign in with the account that it prints."""
        said = len(self.program.words())
        self.program.start()
        deadline = time.monotonic() + 60
        while "is running" not in (words := self.program.words()[said:]):
            assert time.monotonic() < deadline, words
            assert self.program.process is not None
            assert self.program.process.poll() is None, words
            time.sleep(0.1)
        match = re.search(r"Sign in +(\S+) +(\S+)", words)
        assert match is not None
        email, self.password = match.groups()
        return Person(email, self.address, self.address, self.address).sign_in(self.password)


@contextmanager
def laptop(directory: Path, extra: Mapping[str, str] | None = None) -> Iterator[Laptop]:
    """A platform with its data in ``directory``, not started yet; it ends with the block."""
    port = free_port()
    command = [sys.executable, str(ROOT / "manage.py"), "up", "--port", str(port)]
    environment = {"VAR_DIR": str(directory / "var"), **(extra or {})}
    running = Laptop(Program("up", command, environment, directory), port, directory)
    try:
        yield running
    finally:
        running.program.stop()
