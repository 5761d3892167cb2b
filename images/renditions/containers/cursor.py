"""A bounded cursor over a file, and the layout that walking a file with it gives."""

import os
from dataclasses import dataclass
from typing import BinaryIO

from images.renditions.errors import (
    CorruptImageError,
    MetadataTooLargeError,
    TruncatedImageError,
)
from images.renditions.limits import Limits


@dataclass(frozen=True, slots=True)
class Layout:
    """What a file's structure tells without decoding; ``exif`` and ``xmp`` where it was sought.

    ``frames`` says one or more: frames that nobody decodes are not counted to the end.
    ``held_bytes`` is what a decoder will hold of the whole picture besides the pixels it gives.
    """

    frames: int = 1
    held_bytes: int = 0
    exif: bytes = b""
    xmp: bytes = b""


class Cursor:
    """Reads forward and never past the end; counts blocks and metadata against the limits."""

    def __init__(self, file: BinaryIO, limits: Limits) -> None:
        self.size = file.seek(0, os.SEEK_END)
        self.position = file.seek(0)
        self.limits = limits
        self._file = file
        self._blocks = 0
        self._metadata = 0

    @property
    def at_end(self) -> bool:
        """Whether nothing is left."""
        return self.position >= self.size

    def read(self, count: int) -> bytes:
        """Exactly ``count`` bytes. Raises ``TruncatedImageError`` when fewer are left."""
        self._require(count)
        content = self._file.read(count)
        if len(content) != count:
            raise TruncatedImageError("The file ends before the picture does.")
        self.position += count
        return content

    def read_some(self, count: int) -> bytes:
        """Up to ``count`` bytes; b"" at the end."""
        content = self._file.read(count)
        self.position += len(content)
        return content

    def skip(self, count: int) -> None:
        """Move ``count`` bytes on. Raises ``TruncatedImageError`` when fewer are left."""
        self._require(count)
        self.move(self.position + count)

    def move(self, position: int) -> None:
        """Go to an absolute position, which may be the end and not beyond it."""
        if not 0 <= position <= self.size:
            raise TruncatedImageError("The file ends before the picture does.")
        self.position = self._file.seek(position)

    def count_block(self) -> None:
        """Count one more block; a file of countless tiny ones is refused."""
        self._blocks += 1
        if self._blocks > self.limits.max_blocks:
            raise CorruptImageError("The file is cut into too many blocks.")

    def count_metadata(self, count: int) -> None:
        """Count ``count`` more bytes of text or profiles, as they are when decompressed."""
        self._metadata += count
        if self._metadata > self.limits.max_metadata_bytes:
            raise MetadataTooLargeError(
                f"The image carries more than {self.limits.max_metadata_bytes} bytes of metadata."
            )

    @property
    def metadata_left(self) -> int:
        """How many more bytes of metadata would be accepted."""
        return self.limits.max_metadata_bytes - self._metadata

    def _require(self, count: int) -> None:
        if self.position + count > self.size:
            raise TruncatedImageError("The file ends before the picture does.")
