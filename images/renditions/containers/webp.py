"""The chunks of a WebP file (RFC 9649)."""

from typing import Final

from images.renditions.containers.cursor import Cursor, Layout
from images.renditions.errors import CorruptImageError, TruncatedImageError

_METADATA: Final = frozenset({b"ICCP", b"EXIF", b"XMP "})
_HEADER_BYTES: Final = 16


def walk(cursor: Cursor) -> Layout:
    """Check size, metadata and frames, and that the file is as long as it says."""
    end = int.from_bytes(cursor.read(12)[4:8], "little") + 8
    if end > cursor.size:
        raise TruncatedImageError("The file is shorter than it says.")
    frames = 0
    has_pixels = False
    while cursor.position + 8 <= end:
        cursor.count_block()
        head = cursor.read(8)
        name, length = head[:4], int.from_bytes(head[4:], "little")
        after = cursor.position + length
        if after > end:
            raise TruncatedImageError("A chunk is longer than the file.")
        if name in _METADATA:
            cursor.count_metadata(length)
        elif name == b"ANMF":
            frames += 1
        elif size := _size(name, cursor.read(min(length, _HEADER_BYTES))):
            cursor.limits.check_dimensions(*size)
        has_pixels = has_pixels or name in {b"VP8 ", b"VP8L", b"ANMF"}
        cursor.move(min(after + (length & 1), end))
    if not has_pixels:
        raise CorruptImageError("The file holds no picture.")
    return Layout(frames=max(1, frames))


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
