"""The embedded role under gunicorn or granian, which waits one second for a client."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from platform_site.embedded.up import prepare
from tests.platform_site.web.wire import Wire
from tests.servers.person import Person
from tests.servers.ports import free_port
from tests.servers.processes import Program, manage, wait_until_ready

GUNICORN = [sys.executable, "-m", "gunicorn", "-c", "python:platform_site.gunicorn"]
GRANIAN = [sys.executable, "-m", "platform_site.web.granian_server"]
PASSWORD = "correct horse battery"


@dataclass
class Embedded:
    """The one web process, and somebody who has an account there."""

    program: Program
    port: int
    alice: Person

    @property
    def wire(self) -> Wire:
        """Raw connections to it."""
        return Wire(self.port)


@contextmanager
def serving(directory: Path, command: Sequence[str]) -> Iterator[Embedded]:
    """The role, started by ``command``, until the block ends."""
    port = free_port()
    environment = {
        "DJANGO_SETTINGS_MODULE": "platform_site.settings.embedded",
        "VAR_DIR": str(directory / "var"),
        "PORT": str(port),
        "WEB_WORKERS": "1",
        "WEB_CLIENT_WAIT_S": "1",
    }
    prepare(directory / "var")
    manage("migrate", "--verbosity", "0", environment=environment)
    program = Program("web", command, environment, directory)
    program.start()
    try:
        address = f"http://127.0.0.1:{port}"
        wait_until_ready(program, f"{address}/livez")
        alice = Person("alice@example.com", address, address, address).sign_up()
        yield Embedded(program, port, alice)
    finally:
        program.stop()


@pytest.fixture(scope="session")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    with serving(tmp_path_factory.mktemp("web"), GUNICORN) as running:
        yield running


@pytest.fixture(scope="session")
def on_granian(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    with serving(tmp_path_factory.mktemp("granian"), GRANIAN) as running:
        yield running
