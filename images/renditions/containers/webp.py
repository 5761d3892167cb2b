"""The chunks of a WebP file (RFC 9649)."""

from dataclasses import dataclass
from typing import Final

from images.renditions.containers.cursor import Cursor, Layout
from images.renditions.errors import CorruptImageError, TruncatedImageError

_METADATA: Final = frozenset({b"ICCP", b"EXIF", b"XMP "})
_PIXELS: Final = frozenset({b"VP8 ", b"VP8L", b"ANMF"})
_HEADER_BYTES: Final = 16
_HEAD_BYTES: Final = 8
_MOST_MISSING: Final = 50_000_000
"""A longer chunk of which only the beginning is there is not filled up, since that takes memory."""


@dataclass(slots=True)
class _WebpChunksSeen:
    """What the chunks so far have shown; ``end`` is where the last whole one ends."""

    frames: int = 0
    has_pixels: bool = False
    end: int = 0


def walk(cursor: Cursor) -> Layout:
    """Check size, metadata and frames.

    A file that is shorter than it says is taken up to its last whole chunk. When it ends within
    the pixels, ``length`` is how long the file would be with all of them.
    """
    says = int.from_bytes(cursor.read(12)[4:8], "little") + 8
    seen = _WebpChunksSeen(end=cursor.position)
    has_all = True
    while cursor.position + _HEAD_BYTES <= min(says, cursor.size):
        cursor.count_block()
        head = cursor.read(_HEAD_BYTES)
        name, length = head[:4], int.from_bytes(head[4:], "little")
        after = cursor.position + length
        if after > min(says, cursor.size):
            if name in _PIXELS and not seen.has_pixels:
                has_all = after <= cursor.size
                _cut(cursor, seen, name, length)
            break
        _chunk(cursor, seen, name, length)
        # Chunks are padded to an even length, and writers leave the last padding out.
        seen.end = min(after + (length & 1), cursor.size)
        cursor.move(seen.end)
    if not seen.has_pixels:
        if says > cursor.size:
            raise TruncatedImageError("The file ends before the picture does.")
        raise CorruptImageError("The file holds no picture.")
    length = seen.end if seen.end > says or says > cursor.size else 0
    return Layout(frames=max(1, seen.frames), has_all_data=has_all, length=length)


def _chunk(cursor: Cursor, seen: _WebpChunksSeen, name: bytes, length: int) -> None:
    if name in _METADATA:
        cursor.count_metadata(length)
    elif name == b"ANMF":
        seen.frames += 1
    elif size := _size(name, cursor.read(min(length, _HEADER_BYTES))):
        cursor.limits.check_dimensions(*size)
    seen.has_pixels = seen.has_pixels or name in _PIXELS


def _cut(cursor: Cursor, seen: _WebpChunksSeen, name: bytes, length: int) -> None:
    """Take a chunk of pixels of which the beginning is there."""
    start = cursor.position
    if cursor.size - start < _HEADER_BYTES or length > _MOST_MISSING:
        raise TruncatedImageError("The file ends before the picture does.")
    _chunk(cursor, seen, name, length)
    seen.end = start + length + (length & 1)


def _size(name: bytes, head: bytes) -> tuple[int, int] | None:
    """The size in pixels that a chunk announces; None when it is another kind of chunk."""
    if name == b"VP8X":
        return _int24(head[4:7]) + 1, _int24(head[7:10]) + 1
    if name == b"VP8L":
        bits = int.from_bytes(head[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if name == b"VP8 ":
        sides = int.from_bytes(head[6:8], "little"), int.from_bytes(head[8:10], "little")
        return sides[0] & 0x3FFF, sides[1] & 0x3FFF
    return None


def _int24(content: bytes) -> int:
    return int.from_bytes(content, "little")
