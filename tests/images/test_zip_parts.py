"""An archive that is written in parts is the same archive: zipfile reads every file of it."""

import io
import tempfile
import zipfile
from datetime import UTC, datetime
from typing import BinaryIO

import pytest

from images.zip_parts import ArchivedFile, PartWriter

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def written(parts: list[list[tuple[str, BinaryIO, int]]]) -> tuple[BinaryIO, list[ArchivedFile]]:
    whole, before = io.BytesIO(), list[ArchivedFile]()
    for at, files in enumerate(parts):
        with tempfile.TemporaryFile() as buffer, PartWriter(buffer, start=whole.tell()) as part:
            for name, source, size in files:
                part.add(name, source, size=size, written_at=NOON)
            if at < len(parts) - 1:
                part.cut()
            else:
                with part.adding("told.json", written_at=NOON) as into:
                    into.write(b"{}" * 5_000)
                part.finish(before)
            before += part.files
            size = part.size
            buffer.seek(0)
            content = buffer.read()
            assert len(content) == size
            whole.write(content)
    return whole, before


@pytest.mark.parametrize("cuts", [[3], [1, 2], [1, 1, 1], [0, 3]])
def test_parts_are_one_archive_wherever_they_are_cut(cuts: list[int]) -> None:
    contents = {f"{name}.bin": name.encode() * 1_000 for name in ("a", "é", "٣")}
    left = [(name, io.BytesIO(content), len(content)) for name, content in contents.items()]
    whole, files = written([[left.pop(0) for _ in range(count)] for count in cuts])
    with zipfile.ZipFile(whole) as read:
        assert read.namelist() == [*contents, "told.json"] == [file.name for file in files]
        assert read.testzip() is None
        assert {name: read.read(name) for name in contents} == contents
        assert read.getinfo("told.json").compress_size < 1_000
        assert read.getinfo("a.bin").date_time == (2026, 3, 1, 12, 0, 0)
        assert read.getinfo("a.bin").external_attr >> 16 == 0o100600


def test_a_size_that_was_wrong_does_no_harm() -> None:
    whole, _ = written([[("short", io.BytesIO(b"abc"), 900)], [("long", io.BytesIO(b"x" * 99), 1)]])
    with zipfile.ZipFile(whole) as read:
        assert (read.read("short"), read.read("long")) == (b"abc", b"x" * 99)


def test_what_lies_beyond_four_gigabytes_is_found() -> None:
    """The offsets of ZIP64 (APPNOTE 4.5.3), without writing four gigabytes."""
    start = 5 * 2**30
    first = ArchivedFile("first", 0, zipfile.ZIP_STORED, 3, 3, 0x352441C2, NOON)
    with tempfile.TemporaryFile() as buffer:
        with PartWriter(buffer, start=start) as part:
            part.add("far", io.BytesIO(b"abc"), size=3, written_at=NOON)
            part.finish([first])
        with tempfile.TemporaryFile() as sparse:
            sparse.seek(start)
            buffer.seek(0)
            sparse.write(buffer.read())
            with zipfile.ZipFile(sparse) as read:
                assert read.namelist() == ["first", "far"]
                assert read.getinfo("far").header_offset == start
                assert read.read("far") == b"abc"
