from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from platform_site.backup.keyring import Keyring
from platform_site.backup.pool import ContentPool
from platform_site.backup.stores import BucketStore, DirectoryStore, FileStore
from tests.servers.s3 import ObjectStore

WORD = "a long word of ours"


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ObjectStore]:
    server = ObjectStore(tmp_path_factory.mktemp("s3"), bucket="backup-stores")
    server.start()
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture(params=["directory", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> FileStore:
    """An empty place of either kind."""
    if request.param == "directory":
        return DirectoryStore(tmp_path / "place")
    server: ObjectStore = request.getfixturevalue("s3")
    return BucketStore(server.client(), server.bucket, f"{tmp_path.name}-{id(request)}/")


@pytest.fixture
def directory(tmp_path: Path) -> DirectoryStore:
    return DirectoryStore(tmp_path / "backups")


@pytest.fixture
def pool(directory: DirectoryStore) -> ContentPool:
    """An empty pool in a directory."""
    return ContentPool(directory, Keyring.ensured(directory, WORD)).look()


Flip = Callable[[Path], None]


@pytest.fixture
def flip() -> Flip:
    """Change one bit in the middle of a file."""

    def change(file: Path) -> None:
        raw = bytearray(file.read_bytes())
        raw[len(raw) // 2] ^= 1
        file.write_bytes(bytes(raw))

    return change
