"""The outer boxes of an AVIF file (ISO/IEC 14496-12); its decoder reads what is inside them."""

from typing import Final

from images.renditions.containers.cursor import Cursor, Layout
from images.renditions.errors import TruncatedImageError

_HEAD_BYTES: Final = 8
_TO_THE_END: Final = 0
_LARGE: Final = 1
_WHOLE: Final = frozenset({b"meta", b"mdat"})


def walk(cursor: Cursor) -> Layout:
    """Check that each box ends within the file. What follows the picture is passed over."""
    seen: set[bytes] = set()
    while cursor.position + _HEAD_BYTES <= cursor.size:
        cursor.count_block()
        start = cursor.position
        name, length = _box(cursor)
        if length == _TO_THE_END:
            seen.add(name)
            break
        if length < _HEAD_BYTES or start + length > cursor.size:
            if seen >= _WHOLE:
                break
            raise TruncatedImageError("A box is longer than the file.")
        cursor.count_metadata(length if name == b"meta" else 0)
        seen.add(name)
        cursor.move(start + length)
    if seen.isdisjoint({b"meta", b"moov"}):
        raise TruncatedImageError("The file ends before the picture does.")
    return Layout()


def _box(cursor: Cursor) -> tuple[bytes, int]:
    head = cursor.read(_HEAD_BYTES)
    length = int.from_bytes(head[:4], "big")
    if length == _LARGE:
        return head[4:], int.from_bytes(cursor.read(8), "big")
    return head[4:], length
