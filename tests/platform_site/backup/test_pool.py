import hashlib
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest

from platform_site.backup.errors import Damaged
from platform_site.backup.pool import ChangedContent, ContentPool, MeasuredStream, PooledContent
from platform_site.backup.stores import DirectoryStore

PICTURE = b"a picture" * 40_000


def kept(pool: ContentPool, plain: bytes) -> PooledContent:
    sha256 = hashlib.sha256(plain).hexdigest()
    source = MeasuredStream(BytesIO(plain), size=len(plain), sha256=sha256)
    return pool.put(pool.name_of(sha256=sha256), source)


def file_of(directory: DirectoryStore, content: PooledContent) -> Path:
    return directory.path / f"pool/{content.name[:2]}/{content.name}.age"


def test_a_content_comes_back_and_nobody_reads_it_in_between(
    pool: ContentPool, directory: DirectoryStore
) -> None:
    content = kept(pool, PICTURE)
    assert b"".join(pool.pieces(content)) == PICTURE
    assert (content.size, pool.sent_files) == (len(PICTURE), 1)
    raw = file_of(directory, content).read_bytes()
    assert pool.sent_bytes == len(raw)
    assert b"a picture" not in raw
    assert content.sha256 not in str(file_of(directory, content))


def test_a_file_whose_content_is_there_is_not_sent_again(pool: ContentPool, tmp_path: Path) -> None:
    (tmp_path / "one").write_bytes(PICTURE)
    (tmp_path / "other").write_bytes(PICTURE)
    assert pool.put_file(tmp_path / "one") == pool.put_file(tmp_path / "other")
    assert pool.sent_files == 1
    again = ContentPool(pool.store, pool.keyring).look()
    assert again.put_file(tmp_path / "one").size == len(PICTURE)
    assert again.sent_files == 0


@pytest.mark.parametrize("wrong", [{"size": 3}, {"sha256": "0" * 64}])
def test_bytes_that_are_not_what_a_row_says_are_not_kept(
    pool: ContentPool, wrong: dict[str, object]
) -> None:
    said = {"size": 9, "sha256": hashlib.sha256(b"a picture").hexdigest(), **wrong}
    with pytest.raises(ChangedContent):
        pool.put("name", MeasuredStream(BytesIO(b"a picture"), **said))  # type: ignore[arg-type]
    assert list(pool.store.files("pool/")) == []


def test_damage_is_told_before_the_last_bytes(
    pool: ContentPool, directory: DirectoryStore, flip: "object"
) -> None:
    content = kept(pool, PICTURE)
    file = file_of(directory, content)
    raw = file.read_bytes()
    for damaged in (raw[:-1], raw[: len(raw) // 2], b"", bytes([raw[0] ^ 1]) + raw[1:]):
        file.write_bytes(damaged)
        with pytest.raises(Damaged, match="is damaged"):
            list(pool.pieces(content))
    file.unlink()
    with pytest.raises(Damaged, match="is missing from the backup"):
        list(pool.pieces(content))


def test_another_content_in_its_place_is_found(
    pool: ContentPool, directory: DirectoryStore
) -> None:
    """Sealed with the right key, and yet not what the manifest names."""
    one, other = kept(pool, PICTURE), kept(pool, b"another picture")
    file_of(directory, one).write_bytes(file_of(directory, other).read_bytes())
    with pytest.raises(Damaged):
        list(pool.pieces(one))
    assert list(pool.pieces(replace(other, name=one.name))) == [b"another picture"]


def test_what_nobody_needs_is_deleted(pool: ContentPool) -> None:
    one, other = kept(pool, PICTURE), kept(pool, b"another picture")
    pool.delete({one.name})
    assert pool.held == {other.name} == ContentPool(pool.store, pool.keyring).look().held
