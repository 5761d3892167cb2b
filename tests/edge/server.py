"""One nginx process with the frontend's configuration, as a user without rights."""

import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.edge.rendering import configuration_write
from tests.servers.ports import free_port, wait_for_port

NOBODY = 65534
PAGE = "<!doctype html><title>Image Platform</title>" + "<p>A page of some length.</p>" * 60
SCRIPT = "export const answer = 42;\n" * 100


def nginx_binary() -> str | None:
    """Where nginx is, also when ``/usr/sbin`` is not on the path of the user."""
    return shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin")


class Edge:
    """nginx on free ports; every file that it reads or writes is below ``directory``."""

    def __init__(self, directory: Path, variables: Mapping[str, str]) -> None:
        self.port = int(variables.get("PORT") or free_port())
        self.status_port = free_port()
        self.directory = directory
        self._log = directory / "access.log"
        self._errors = directory / "error.log"
        given = {
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "STATUS_PORT": str(self.status_port),
            "STATIC_ROOT": str(directory / "site"),
            "OBJECTS_ROOT": str(directory / "objects"),
            "CACHE_DIR": str(directory / "cache"),
            "RUN_DIR": str(directory),
            "WORKERS": "1",
            "RESOLVER": "127.0.0.1:1",
            **variables,
        }
        self._site_write()
        self._given = given
        self._configuration = configuration_write(given)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The base address of the public port."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        """The process id of the master."""
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Start it and wait until it listens."""
        binary = nginx_binary()
        assert binary is not None
        self._log.touch()
        self._errors.touch()
        as_nobody: dict[str, Any] = {}
        if os.geteuid() == 0:
            as_nobody = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
            for path in (self.directory, *self.directory.rglob("*")):
                os.chown(path, NOBODY, NOBODY)
        with self._log.open("ab") as log, self._errors.open("ab") as errors:
            self._process = subprocess.Popen(
                [binary, "-e", "stderr", "-c", str(self._configuration)],
                stdout=log,
                stderr=errors,
                **as_nobody,
            )
        wait_for_port(self.port)

    def drain(self) -> None:
        """Ask it to end when everything in flight is over, and wait until it takes nothing new."""
        os.kill(self.pid, signal.SIGQUIT)
        deadline = time.monotonic() + 5.0
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) != 0:
                    return
            time.sleep(0.01)
        raise AssertionError("nginx still listens")

    def ended(self) -> None:
        """Wait until it has ended by itself."""
        assert self._process is not None
        assert self._process.wait(10) == 0
        self._process = None

    def stop(self) -> None:
        """End it at once."""
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(10)
            self._process = None

    def killed(self) -> None:
        """Let it end as the kernel ends it, with no time to clean up."""
        assert self._process is not None
        workers = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        for pid in (self.pid, *map(int, workers)):
            os.kill(pid, signal.SIGKILL)
        self._process.wait(10)
        self._process = None

    def started_anew(self) -> None:
        """Start it as its container would: the variables are read again."""
        self._configuration = configuration_write(self._given)
        self.start()

    def log_lines(self, expected: int) -> list[Any]:
        """The parsed lines of the access log, once there are as many as ``expected``."""
        deadline = time.monotonic() + 5.0
        while time.monotonic() < deadline:
            lines = self._log.read_text().splitlines()
            if len(lines) >= expected:
                return [json.loads(line) for line in lines]
            time.sleep(0.01)
        raise AssertionError(f"{len(lines)} lines in the access log, not {expected}")

    def words(self) -> str:
        """Everything that it has written to its two logs."""
        return self._log.read_text() + self._errors.read_text()

    def _site_write(self) -> None:
        for name in ("assets", ".vite"):
            (self.directory / "site" / name).mkdir(parents=True)
        for name in ("objects", "cache"):
            (self.directory / name).mkdir()
        site = self.directory / "site"
        (site / "index.html").write_text(PAGE)
        (site / "favicon.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
        (site / "app.webmanifest").write_text("{}")
        for name in ("favicon.ico", "icon-192.png"):
            (site / name).write_bytes(b"\0")
        (site / "assets" / "index-abc123.js").write_text(SCRIPT)
        (site / ".vite" / "manifest.json").write_text("{}")


@contextmanager
def running_edge(variables: Mapping[str, str]) -> Iterator[Edge]:
    """An nginx that ends with the block."""
    directory = Path(tempfile.mkdtemp(prefix="image-platform-edge-"))
    directory.chmod(0o755)
    edge = Edge(directory, variables)
    try:
        edge.start()
        yield edge
    finally:
        edge.stop()
        shutil.rmtree(directory, ignore_errors=True)
