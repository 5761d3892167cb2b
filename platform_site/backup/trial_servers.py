"""A server of PostgreSQL that a rehearsal makes of the archive, and of which nothing stays.

It listens on a socket in its directory and nowhere else, archives nothing, and asks nobody for a
password: who may enter the directory may read it anyway.
"""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psycopg

from platform_site.backup.errors import BackupError

HOME: Final = "/usr/lib/postgresql/{major}/bin/postgres"
SERVER_USER: Final = "postgres"
"""As whom the server runs when a rehearsal is root's, which PostgreSQL refuses."""
RECOVERED_S: Final = 1_800.0
STOPPED_S: Final = 60.0
PAUSE_S: Final = 0.2
TOLD: Final = 300
ALONE: Final = {
    "listen_addresses": "",
    "archive_mode": "off",
    "fsync": "off",
    "full_page_writes": "off",
    "ssl": "off",
}
"""It is thrown away, and must add nothing to the archive that it comes from."""


@dataclass(frozen=True, slots=True)
class ArchiveTrial:
    """The archive that ``program`` restores, into ``directory``, which is empty.

    ``program`` takes ``restore TO``, has the archive's variables in its environment, and restores
    to ``PGBACKREST_PG1_PATH`` (`deploy/k8s/components/backup/pgbackrest.sh`).
    """

    program: str
    directory: Path

    @contextmanager
    def server(self, to: str, *, user: str, database: str) -> Iterator[str]:
        """The URL of ``database`` as it was at ``to``. Raises `BackupError`."""
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        access = self.directory / "access.conf"
        access.write_text("local all all trust\n")
        if not os.geteuid():
            for above in (self.directory.parent, self.directory.parent.parent):
                above.chmod(above.stat().st_mode | 0o011)  # to be entered, not to be listed
            for path in (self.directory, access):
                shutil.chown(path, SERVER_USER, SERVER_USER)
        self._restore(to)
        with (self.directory / "server.log").open("wb") as log:
            process = subprocess.Popen(
                [*_as_server(), *self._command(access)],
                env=self._environment,
                cwd=self.directory,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            url = f"postgresql://{user}@/{database}?host={self.directory}"
            self._recovered_wait(url, process)
            yield url
        finally:
            _stop(process)

    @property
    def _data(self) -> Path:
        return self.directory / "data"

    @property
    def _environment(self) -> dict[str, str]:
        own = {"PGBACKREST_PG1_PATH": self._data, "PGBACKREST_LOCK_PATH": self.directory / "lock"}
        return {**os.environ, **{name: str(path) for name, path in own.items()}}

    def _restore(self, to: str) -> None:
        done = subprocess.run(
            [*_as_server(), "sh", self.program, "restore", to],
            env=self._environment,
            cwd=self.directory,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
        if done.returncode:
            words = " ".join((done.stderr or done.stdout).split())[-TOLD:]
            raise BackupError(f"The archive of the database cannot be restored: {words}")

    def _command(self, access: Path) -> Sequence[str]:
        major = (self._data / "PG_VERSION").read_text().strip()
        found = shutil.which("postgres", path=str(Path(HOME.format(major=major)).parent))
        program = found or shutil.which("postgres")
        if program is None:
            raise BackupError(f"postgres is missing: install postgresql-{major}.")
        settings = {**ALONE, "unix_socket_directories": self.directory, "hba_file": access}
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return [program, "-D", str(self._data), *options]

    def _recovered_wait(self, url: str, process: "subprocess.Popen[bytes]") -> None:
        """Return once it takes writes: until then it plays the archive."""
        deadline = time.monotonic() + RECOVERED_S
        while process.poll() is None and time.monotonic() < deadline:
            try:
                with psycopg.connect(url, connect_timeout=5) as connection:
                    row = connection.execute("SELECT pg_is_in_recovery()").fetchone()
                    if row is not None and not row[0]:
                        return
            except psycopg.OperationalError:
                pass  # it has not come so far
            time.sleep(PAUSE_S)
        words = " ".join((self.directory / "server.log").read_text(errors="replace").split())
        raise BackupError(f"The restored database does not start: {words[-TOLD:]}")


def _as_server() -> Sequence[str]:
    if os.geteuid():
        return ()
    return ("setpriv", f"--reuid={SERVER_USER}", f"--regid={SERVER_USER}", "--clear-groups")


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.send_signal(signal.SIGINT)  # at once, whoever is connected
    try:
        process.wait(STOPPED_S)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
