import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from platform_site.backup import stores
from platform_site.backup.errors import BackupError
from platform_site.backup.stores import (
    BucketStore,
    DirectoryStore,
    FileStore,
    NotThere,
)
from tests.servers.s3 import ObjectStore

pytestmark = pytest.mark.processes


def content(store: FileStore, name: str) -> bytes:
    with store.read(name) as source:
        return source.read()


def test_what_is_written_is_listed_read_and_deleted(store: FileStore) -> None:
    assert list(store.files()) == []
    assert store.write("a/one", [b"12", b"3"]) == 3
    store.write("a/two", [])
    store.write("b/three", [b"x"])
    assert {(file.name, file.size) for file in store.files()} == {
        ("a/one", 3), ("a/two", 0), ("b/three", 1),
    }  # fmt: skip
    assert {file.name for file in store.files("a/")} == {"a/one", "a/two"}
    assert set(store.names("a/")) == {"a/one", "a/two"}
    assert all(file.written_at.tzinfo for file in store.files())
    assert content(store, "a/one") == b"123"
    store.write("a/one", [b"other"])
    assert content(store, "a/one") == b"other"
    store.delete(["a/one", "a/never"])
    with pytest.raises(NotThere):
        store.read("a/one")
    store.settle()


def test_what_is_large_goes_in_parts(store: FileStore) -> None:
    piece = os.urandom(3_000_000)
    assert store.write("large", [piece] * 6) == 18_000_000
    assert content(store, "large") == piece * 6


def test_what_breaks_off_leaves_nothing(store: FileStore) -> None:
    def pieces(count: int) -> Iterator[bytes]:
        for _ in range(count):
            yield bytes(1_000_000)
        raise KeyError("broken off")

    for count in (0, 1, 20):
        with pytest.raises(KeyError):
            store.write("broken", pieces(count))
    assert list(store.files()) == []


def test_files_are_for_their_owner_only(tmp_path: Path) -> None:
    DirectoryStore(tmp_path / "place").write("a/one", [b"1"])
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.rglob("*")}
    assert modes["one"] == 0o600
    assert modes["a"] == 0o700


def test_a_few_files_are_settled_by_name_and_many_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settled: list[str] = []

    def name_of(descriptor: int) -> str:
        return str(Path(f"/proc/self/fd/{descriptor}").readlink())

    monkeypatch.setattr(os, "fsync", lambda of: settled.append(name_of(of)))
    monkeypatch.setattr(os, "sync", lambda: settled.append("all"))
    store = DirectoryStore(tmp_path / "place")
    store.write("a/one", [b"1"])
    store.settle()
    names = (tmp_path / name for name in ("", "place", "place/a", "place/a/one"))
    assert sorted(settled) == [str(name) for name in names]
    settled.clear()
    store.settle()
    assert settled == []
    monkeypatch.setattr(stores, "FEW", 1)
    store.write("a/one", [b"1"])
    store.write("a/two", [b"2"])
    store.settle()
    assert settled == ["all"]


def test_a_name_never_leads_out_of_the_directory(tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="no name of a file"):
        DirectoryStore(tmp_path / "place").write("../elsewhere", [b"1"])


def test_a_place_is_a_bucket_or_a_directory() -> None:
    assert stores.of_url("file:///srv/backups", {}).address == "/srv/backups"
    assert stores.of_url("/srv/backups", {}).address == "/srv/backups"
    assert stores.of_url("s3://bucket/a/b/", {"region_name": "eu"}).address == "s3://bucket/a/b"
    for wrong in ("", "ftp://host/backups"):
        with pytest.raises(BackupError, match="is no place for backups"):
            stores.of_url(wrong, {})


def test_a_store_that_refuses_or_is_silent_is_told(s3: ObjectStore) -> None:
    with pytest.raises(BackupError, match="refuses: NoSuchBucket"):
        list(BucketStore(s3.client(), "no-such-bucket").files())
    options = {"endpoint_url": "http://127.0.0.1:9", "access_key": "a", "secret_key": "b"}
    nobody = stores.of_url("s3://bucket", {**options, "region_name": "us-east-1"})
    nobody.client.meta.events.register("before-send.s3.*", _refuse)  # type: ignore[attr-defined]
    with pytest.raises(BackupError, match="gives no answer"):
        nobody.write("a", [b"1"])


def _refuse(**_of: object) -> None:
    from botocore.exceptions import EndpointConnectionError  # noqa: PLC0415

    raise EndpointConnectionError(endpoint_url="http://127.0.0.1:9")
