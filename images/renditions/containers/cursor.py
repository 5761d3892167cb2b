"""A bounded cursor over a file, and the layout that walking a file with it gives."""

import os
from dataclasses import dataclass
from typing import BinaryIO, Final

from images.renditions.errors import (
    CorruptImageError,
    MetadataTooLargeError,
    TruncatedImageError,
)
from images.renditions.limits import Limits

BLOCKS: Final = 4_096
"""How many blocks any file may have, however short they are."""

WINDOW_BYTES: Final = 1 << 16
"""How much of the file is read at a time."""


@dataclass(frozen=True, slots=True)
class Layout:
    """What a file's structure tells without decoding; ``exif`` and ``xmp`` where it was sought.

    ``frames`` says one or more: frames that nobody decodes are not counted to the end.
    ``held_bytes`` is what a decoder will hold of the whole picture besides the pixels it gives.
    ``has_all_data`` is false when the structure alone shows that pixels are missing or damaged.
    ``has_end`` is false when the mark that ends a JPEG or a PNG is missing.
    ``data`` is where the coded pixels of the first picture stand: (start, end) in bytes, for
    each run of them, where the format's decoder must be given exactly these. ``length`` is how
    long the file says that it is, where its reader insists on that; 0 when it may be as it is.
    """

    frames: int = 1
    held_bytes: int = 0
    exif: bytes = b""
    xmp: bytes = b""
    has_all_data: bool = True
    has_end: bool = True
    data: tuple[tuple[int, int], ...] = ()
    length: int = 0


class Cursor:
    """Reads forward and never past the end; counts blocks and metadata against the limits.

    The file is read in windows, because a file of countless tiny blocks costs by its reads.
    """

    def __init__(self, file: BinaryIO, limits: Limits) -> None:
        self.size = file.seek(0, os.SEEK_END)
        self.position = 0
        self.limits = limits
        self._file = file
        self._window = b""
        self._window_at = 0
        self._blocks = 0
        self._metadata = 0

    @property
    def at_end(self) -> bool:
        """Whether nothing is left."""
        return self.position >= self.size

    def read(self, count: int) -> bytes:
        """Exactly ``count`` bytes. Raises ``TruncatedImageError`` when fewer are left."""
        self._require(count)
        content = self._bytes(count)
        if len(content) != count:
            raise TruncatedImageError("The file ends before the picture does.")
        self.position += count
        return content

    def read_some(self, count: int) -> bytes:
        """Up to ``count`` bytes; b"" at the end."""
        content = self._bytes(min(count, self.size - self.position))
        self.position += len(content)
        return content

    def skip(self, count: int) -> None:
        """Move ``count`` bytes on. Raises ``TruncatedImageError`` when fewer are left."""
        self._require(count)
        self.position += count

    def move(self, position: int) -> None:
        """Go to an absolute position, which may be the end and not beyond it."""
        if not 0 <= position <= self.size:
            raise TruncatedImageError("The file ends before the picture does.")
        self.position = position

    def count_block(self, usual_bytes: int = 1) -> None:
        """Count one more block; a file of countless tiny ones is refused.

        ``usual_bytes`` is how long a block of the format is, at the least, where there are
        more than ``BLOCKS`` of them.
        """
        self._blocks += 1
        most = min(self.limits.max_blocks, BLOCKS + self.size // usual_bytes)
        if self._blocks > most:
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

    def _bytes(self, count: int) -> bytes:
        start = self.position - self._window_at
        if start < 0 or start + count > len(self._window):
            self._file.seek(self.position)
            self._window = self._file.read(max(count, WINDOW_BYTES))
            self._window_at, start = self.position, 0
        return self._window[start : start + count]
