"""An archive (ZIP64) written in parts, each by another process if need be, by Python's ``zipfile``.

A part holds whole files and ends where one ends, so that what comes after it needs to know only how
long the parts before it are, and at last what stood in them. Knows no rows and no store.
"""

import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import IO, BinaryIO, Final, Self, cast
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

CHUNK_BYTES: Final = 256 * 1024
PRIVATE: Final = 0o100600 << 16
"""The mode of a file that only its owner reads, as Unix keeps it in an archive."""


@dataclass(frozen=True, slots=True)
class ArchivedFile:
    """What the central directory says of a file, and the SHA-256 of its bytes."""

    name: str
    header_offset: int
    method: int
    size: int
    compressed: int
    crc: int
    written_at: datetime
    sha256: str = ""

    def info(self) -> ZipInfo:
        """The same in the words of ``zipfile``."""
        info = _info(self.name, self.method, self.written_at)
        info.header_offset, info.CRC = self.header_offset, self.crc
        info.file_size, info.compress_size = self.size, self.compressed
        return info


class PartWriter:
    """Writes one part into ``target``, which is empty, as the archive from byte ``start`` on.

    To be left, as a context, before ``target`` is closed.
    """

    def __init__(self, target: BinaryIO, *, start: int) -> None:
        self._target = _Shifted(target, start)
        self._archive = ZipFile(cast("IO[bytes]", self._target), "w")
        self.files: list[ArchivedFile] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_raised: object) -> None:
        self._archive.close()

    @property
    def size(self) -> int:
        """Bytes of the part, so far."""
        return self._target.end - self._target.start

    def add(self, name: str, source: BinaryIO, *, size: int, written_at: datetime) -> ArchivedFile:
        """Store all of ``source`` as it is; about ``size`` bytes, which need not be exact."""
        info = _info(name, ZIP_STORED, written_at)
        info.file_size = size
        digest = hashlib.sha256()
        with self._archive.open(info, "w") as into:
            while chunk := source.read(CHUNK_BYTES):
                digest.update(chunk)
                into.write(chunk)
        return self._added(info, digest.hexdigest(), written_at)

    @contextmanager
    def adding(self, name: str, *, written_at: datetime) -> Iterator[IO[bytes]]:
        """A file to write into, deflated, of any length."""
        info = _info(name, ZIP_DEFLATED, written_at)
        with self._archive.open(info, "w", force_zip64=True) as into:
            yield into
        self._added(info, "", written_at)

    def cut(self) -> None:
        """End the part here: the archive goes on in another."""
        end = self.size
        self._archive.close()
        # The library ends an archive where it ends its writing; that is not for this part to say.
        self._target.truncate(end)

    def finish(self, before: Iterable[ArchivedFile]) -> None:
        """End the archive, of which the files ``before`` stand in earlier parts."""
        self._archive.infolist()[:0] = [file.info() for file in before]
        self._archive.close()

    def _added(self, info: ZipInfo, sha256: str, written_at: datetime) -> ArchivedFile:
        self.files.append(
            ArchivedFile(
                name=info.filename,
                header_offset=info.header_offset,
                method=info.compress_type,
                size=info.file_size,
                compressed=info.compress_size,
                crc=info.CRC,
                written_at=written_at,
                sha256=sha256,
            )
        )
        return self.files[-1]


class _Shifted:
    """A file of which the first byte counts as byte ``start``."""

    def __init__(self, file: BinaryIO, start: int) -> None:
        self._file = file
        self.start = start

    @property
    def end(self) -> int:
        self._file.flush()
        return self.start + os.fstat(self._file.fileno()).st_size

    def tell(self) -> int:
        return self.start + self._file.tell()

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        shift = self.start if whence == os.SEEK_SET else 0
        return self.start + self._file.seek(offset - shift, whence)

    def write(self, content: bytes) -> int:
        return self._file.write(content)

    def flush(self) -> None:
        self._file.flush()

    def truncate(self, size: int) -> None:
        self._file.truncate(size)


def _info(name: str, method: int, written_at: datetime) -> ZipInfo:
    info = ZipInfo(name, written_at.astimezone(UTC).timetuple()[:6])
    info.compress_type, info.external_attr = method, PRIVATE
    info.create_system = 3  # Unix, of which the mode above is
    return info
