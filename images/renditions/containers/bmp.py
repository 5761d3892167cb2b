"""The header of a BMP file."""

from typing import Final

from images.renditions.containers.cursor import Cursor, Layout
from images.renditions.errors import CorruptImageError, UnsupportedFeatureError

_CORE_HEADER: Final = 12
_UNCOMPRESSED: Final = frozenset({0, 3})
_DEPTHS: Final = {0: (1, 4, 8, 16, 24, 32), 1: (8,), 2: (4,), 3: (16, 24, 32)}
"""Bits of a pixel that are read, by compression: none, RLE8, RLE4, bit fields."""

_UNREAD: Final = {4: "JPEG in BMP", 5: "PNG in BMP", 6: "alpha bit fields in BMP"}
_OS2_HEADER: Final = 64
_OS2_UNREAD: Final = {3: "Huffman codes in BMP", 4: "RLE24 in BMP"}
_CMYK: Final = frozenset({11, 12, 13})


def walk(cursor: Cursor) -> Layout:
    """Check the size, and whether rows that are not compressed are all there."""
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
    _check_coding(header, compression, depth)
    row_bytes = (width * depth + 31) // 32 * 4
    # The last row of some files has no padding.
    needed = row_bytes * (height - 1) + (width * depth + 7) // 8
    is_short = compression in _UNCOMPRESSED and pixels_at + needed > cursor.size
    return Layout(has_all_data=not is_short)


def _check_coding(header: int, compression: int, depth: int) -> None:
    unread = {**_UNREAD, **_OS2_UNREAD} if header == _OS2_HEADER else _UNREAD
    if compression in unread:
        raise UnsupportedFeatureError(unread[compression])
    if compression in _CMYK:
        raise UnsupportedFeatureError("CMYK in BMP")
    if compression not in _DEPTHS:
        raise CorruptImageError(f"BMP knows no compression {compression}.")
    if depth not in _DEPTHS[compression]:
        if depth == 0 or depth > 64:  # noqa: PLR2004 - the most that any BMP has
            raise CorruptImageError(f"A pixel cannot have {depth} bits.")
        kind = ("", " with RLE8", " with RLE4", " with bit fields")[compression]
        raise UnsupportedFeatureError(f"BMP of {depth} bits a pixel{kind}")
