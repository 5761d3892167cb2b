"""The header of a BMP file."""

from typing import Final

from images.renditions.containers.cursor import Cursor, Layout
from images.renditions.errors import CorruptImageError, TruncatedImageError

_CORE_HEADER: Final = 12
_UNCOMPRESSED: Final = frozenset({0, 3})
_DEPTHS: Final = frozenset({1, 2, 4, 8, 16, 24, 32})


def walk(cursor: Cursor) -> Layout:
    """Check the size, and that rows which are not compressed are all there."""
    head = cursor.read(34) if cursor.size >= 34 else cursor.read(26)  # noqa: PLR2004
    pixels_at, header = (int.from_bytes(head[i : i + 4], "little") for i in (10, 14))
    if header == _CORE_HEADER:
        width, height, depth = (int.from_bytes(head[i : i + 2], "little") for i in (18, 20, 24))
        compression = 0
    else:
        width = int.from_bytes(head[18:22], "little", signed=True)
        height = abs(int.from_bytes(head[22:26], "little", signed=True))
        depth = int.from_bytes(head[28:30], "little")
        compression = int.from_bytes(head[30:34], "little")
    cursor.limits.check_dimensions(width, height)
    if depth not in _DEPTHS:
        raise CorruptImageError(f"A pixel cannot have {depth} bits.")
    row_bytes = (width * depth + 31) // 32 * 4
    if compression in _UNCOMPRESSED and pixels_at + row_bytes * height > cursor.size:
        raise TruncatedImageError("The file ends before the picture does.")
    return Layout()
