"""What all backups of a place share: every content once, sealed, under a name that follows from it.

A name depends on the content and the key only, so what is there already is not sent again, and
a run that was killed goes on where it stopped.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final

from platform_site.backup.errors import Damaged
from platform_site.backup.keyring import Keyring
from platform_site.backup.piece_streams import PieceStream
from platform_site.backup.stores import FileStore, NotThere

FOLDER: Final = "pool/"
SEALED: Final = ".age"
READ_BYTES: Final = 256 * 1024


class ChangedContent(Exception):
    """What was read is not what a row, or a manifest, says of it."""


@dataclass(frozen=True, slots=True)
class PooledContent:
    """One content: ``size`` and ``sha256`` of its plain bytes, and its file in the pool."""

    name: str
    size: int
    sha256: str


class MeasuredStream:
    """A stream whose bytes are counted and hashed, and held to what they should be at its end.

    Raises `ChangedContent` before it says that it ends, so nobody keeps what is wrong.
    """

    def __init__(self, source: BinaryIO, *, size: int | None = None, sha256: str = "") -> None:
        self._source = source
        self._wanted = (size, sha256)
        self._digest = hashlib.sha256()
        self.size = 0

    @property
    def sha256(self) -> str:
        """Of all bytes so far, in hexadecimal."""
        return self._digest.hexdigest()

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        piece = self._source.read(size)
        self._digest.update(piece)
        self.size += len(piece)
        if not piece and size:
            self._require_wanted()
        return piece

    def _require_wanted(self) -> None:
        size, sha256 = self._wanted
        if size is not None and size != self.size:
            raise ChangedContent(f"{self.size} bytes instead of {size}")
        if sha256 and sha256 != self.sha256:
            raise ChangedContent("other bytes than its checksum says")


@dataclass(slots=True)
class ContentPool:
    """The pool of one place."""

    store: FileStore
    keyring: Keyring
    held: set[str] = field(default_factory=set)
    """Names that are there, as far as it is known."""
    sent_files: int = 0
    sent_bytes: int = 0

    def look(self) -> "ContentPool":
        """Learn what is there."""
        self.held = set(map(name_of_file, self.store.names(FOLDER)))
        return self

    def name_of(self, *, sha256: str, version: str = "") -> str:
        """The name of a content by its checksum, or by what stands for it."""
        return self.keyring.name(sha256 or f"version:{version}")

    def put(self, name: str, source: MeasuredStream) -> PooledContent:
        """Seal ``source`` as ``name``. Raises what reading it raises, and then keeps nothing."""
        stream: BinaryIO = source  # type: ignore[assignment]  # it is read and nothing else
        sent = self.store.write(_path(name), self.keyring.sealed(stream))
        self.held.add(name)
        self.sent_files += 1
        self.sent_bytes += sent
        return PooledContent(name, source.size, source.sha256)

    def put_file(self, file: Path) -> PooledContent:
        """Keep a file of this machine, unless its content is there already."""
        with file.open("rb") as source:
            measured = MeasuredStream(source)
            while measured.read(READ_BYTES):
                pass
        name = self.name_of(sha256=measured.sha256)
        if name in self.held:
            return PooledContent(name, measured.size, measured.sha256)
        with file.open("rb") as source:
            wanted = MeasuredStream(source, size=measured.size, sha256=measured.sha256)
            return self.put(name, wanted)

    def pieces(self, content: PooledContent) -> Iterator[bytes]:
        """The plain bytes; raises `Damaged` before the last for anything but what was saved."""
        try:
            with self.store.read(_path(content.name)) as sealed:
                plain: BinaryIO = PieceStream(self.keyring.unsealed(sealed))  # type: ignore[assignment]
                source = MeasuredStream(plain, size=content.size, sha256=content.sha256)
                yield from _halting(source)
        except NotThere:
            raise Damaged(f"{_path(content.name)} is missing from the backup.") from None
        except (ChangedContent, Damaged) as exc:
            raise Damaged(f"{_path(content.name)} is damaged: {exc}") from exc

    def fetch(self, content: PooledContent, file: Path) -> None:
        """The plain bytes as a file of this machine."""
        with file.open("xb") as target:
            for piece in self.pieces(content):
                target.write(piece)

    def delete(self, names: set[str]) -> None:
        """Delete what nobody needs."""
        self.store.delete(_path(name) for name in sorted(names))
        self.held -= names


def _halting(source: MeasuredStream) -> Iterator[bytes]:
    """Its pieces; the last is given only once the end was seen, and so is as it should be."""
    piece = source.read(READ_BYTES)
    while piece:
        following = source.read(READ_BYTES)
        yield piece
        piece = following


def name_of_file(name: str) -> str:
    """The name of the content that the file of that name has."""
    return name.rpartition("/")[2].removesuffix(SEALED)


def _path(name: str) -> str:
    return f"{FOLDER}{name[:2]}/{name}{SEALED}"
