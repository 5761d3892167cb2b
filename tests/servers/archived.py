"""Debian's PostgreSQL with an archive by pgBackRest, run by the script that the cluster runs."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import psycopg

from tests.servers.ports import free_port
from tests.servers.processes import ROOT, Program
from tests.waiting import until

ARCHIVE: Final = ROOT / "deploy" / "k8s" / "components" / "backup" / "pgbackrest.sh"
PASSPHRASE: Final = "a passphrase of the tests, of forty letters"


def binaries() -> Path | None:
    """The programs of the newest PostgreSQL that the distribution has installed."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda f: int(f.parts[-3])
    )
    return found[-1].parent if found else None


def as_server(*command: str) -> list[str]:
    """The command as the user that PostgreSQL may run as: it refuses root."""
    if os.geteuid():
        return [*command]
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", *command]


@dataclass
class ArchivedServer:
    """One server, its data directory and its archive; a test may kill it and lose the directory."""

    repository: Mapping[str, str]
    """The variables that say where the archive is."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """Settings of PostgreSQL beside those that every one of these servers has."""
    home: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="archived-")))
    port: int = field(default_factory=free_port)

    def __post_init__(self) -> None:
        for name in ("secrets", "socket", "lock", "log"):
            (self.home / name).mkdir(mode=0o700)
        self.secret("passphrase", PASSPHRASE)
        self.home.chmod(0o755)
        self._own(self.home)
        self._program = Program("postgresql", self._server(), self.variables(), self.home)

    @property
    def programs(self) -> Path:
        """Where PostgreSQL's programs are."""
        found = binaries()
        assert found is not None, "PostgreSQL is not installed"
        return found

    @property
    def data(self) -> Path:
        """The data directory."""
        return self.home / "data"

    @property
    def url(self) -> str:
        """The database `platform`, as its owner."""
        return f"postgresql://owner@127.0.0.1:{self.port}/platform"

    def secret(self, name: str, word: str) -> None:
        """Write a secret anew."""
        file = self.home / "secrets" / name
        file.write_text(f"{word}\n")
        self._own(file)

    def variables(self, **more: str) -> dict[str, str]:
        """What the component's ConfigMap says, with the paths of this server."""
        return {
            "PATH": os.environ["PATH"],
            "ARCHIVE_SECRETS": str(self.home / "secrets"),
            "PGBACKREST_STANZA": "platform",
            "PGBACKREST_CONFIG": "/dev/null",
            "PGBACKREST_LOCK_PATH": str(self.home / "lock"),
            "PGBACKREST_LOG_LEVEL_FILE": "off",
            "PGBACKREST_LOG_LEVEL_CONSOLE": "warn",
            "PGBACKREST_PG1_PATH": str(self.data),
            "PGBACKREST_PG1_PORT": str(self.port),
            "PGBACKREST_PG1_SOCKET_PATH": str(self.home / "socket"),
            "PGBACKREST_PG1_USER": "owner",
            "PGBACKREST_REPO1_CIPHER_TYPE": "aes-256-cbc",
            "PGBACKREST_REPO1_RETENTION_FULL": "2",
            "PGBACKREST_REPO1_BUNDLE": "y",
            "PGBACKREST_COMPRESS_TYPE": "zst",
            **self.repository,
            **more,
        }

    def create(self) -> None:
        """A new data directory with the database `platform`; the server is left running."""
        self.run(
            str(self.programs / "initdb"), "--pgdata", str(self.data), "--username=owner",
            "--encoding=UTF8", "--locale=C.UTF-8", "--data-checksums", "--auth=trust", "--no-sync",
        )  # fmt: skip
        self.start()
        with psycopg.connect(self.url.replace("/platform", "/postgres"), autocommit=True) as owner:
            owner.execute("CREATE DATABASE platform")

    def start(self) -> None:
        """Start it, and return once it takes writes: after a recovery, too."""
        self._program.start()
        until(self._takes_writes, self._program.words, timeout_s=120)

    def kill(self) -> None:
        """SIGKILL to all of it, as when the machine goes."""
        self._program.kill()

    def lose(self) -> None:
        """Kill it, and delete its data directory."""
        self.kill()
        shutil.rmtree(self.data)

    def end(self) -> None:
        """Stop it and delete everything."""
        if self._program.process is not None:
            self._program.kill()
        shutil.rmtree(self.home, ignore_errors=True)

    def archive(self, *words: str, **more: str) -> str:
        """What the script says to these words; raises when it fails."""
        return self.run("sh", str(ARCHIVE), *words, **more)

    def run(self, *command: str, **more: str) -> str:
        """Run it as the server's user; raises with its words when it fails."""
        done = subprocess.run(
            as_server(*command), env=self.variables(**more), cwd=self.home,
            capture_output=True, text=True, errors="replace", check=False, timeout=600,
        )  # fmt: skip
        if done.returncode:
            raise AssertionError(f"{' '.join(command)}\n{done.stdout}\n{done.stderr}")
        return done.stdout

    def ask(self, statement: str, *, database: str = "platform") -> list[tuple[Any, ...]]:
        """The rows of one statement."""
        url = self.url.replace("/platform", f"/{database}")
        with psycopg.connect(url, autocommit=True) as owner:
            return owner.execute(statement.encode()).fetchall()

    def _server(self) -> list[str]:
        settings = {
            "port": self.port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": self.home / "socket",
            "fsync": "off",
            "autovacuum": "off",
            "shared_buffers": "32MB",
            "archive_mode": "on",
            "archive_command": f"sh {ARCHIVE} push %p",
            **self.settings,
        }
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return as_server(str(self.programs / "postgres"), "-D", str(self.data), *options)

    def _takes_writes(self) -> bool:
        try:
            (row,) = self.ask("SELECT pg_is_in_recovery()", database="postgres")
        except psycopg.OperationalError:
            return False
        return not row[0]

    def _own(self, path: Path) -> None:
        if not os.geteuid():
            for one in (path, *path.rglob("*")):
                shutil.chown(one, "postgres", "postgres")
