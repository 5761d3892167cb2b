"""The boxes of a file in the ISO base media format (ISO/IEC 14496-12): AVIF's and HEIC's."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from images.renditions.containers.cursor import Cursor
from images.renditions.errors import CorruptImageError, TruncatedImageError

_HEAD_BYTES: Final = 8
_TO_THE_END: Final = 0
_LARGE: Final = 1
_WHOLE: Final = frozenset({b"meta", b"mdat"})


@dataclass(frozen=True, slots=True)
class Box:
    """A box: its name, and where its content begins and ends in the file, in bytes."""

    name: bytes
    start: int
    end: int


def outer_boxes(cursor: Cursor) -> dict[bytes, Box]:
    """The first box of each name at the top of the file.

    Each must end within the file. What follows the picture is passed over.
    """
    boxes: dict[bytes, Box] = {}
    while cursor.position + _HEAD_BYTES <= cursor.size:
        box = _box(cursor, cursor.size)
        if not cursor.position <= box.end <= cursor.size:
            if boxes.keys() >= _WHOLE:
                break
            raise TruncatedImageError("A box is longer than the file.")
        cursor.count_metadata(box.end - box.start if box.name == b"meta" else 0)
        boxes.setdefault(box.name, box)
        cursor.move(box.end)
    if boxes.keys().isdisjoint({b"meta", b"moov"}):
        raise TruncatedImageError("The file ends before the picture does.")
    return boxes


def boxes_in(cursor: Cursor, start: int, end: int) -> Iterator[Box]:
    """The boxes between two places in the file, which lie within a box; moves the cursor."""
    position = start
    while position < end:
        cursor.move(position)
        box = _box(cursor, end)
        if not cursor.position <= box.end <= end:
            raise CorruptImageError("A box is longer than the one that holds it.")
        yield box
        position = box.end


def _box(cursor: Cursor, end: int) -> Box:
    cursor.count_block()
    start = cursor.position
    head = cursor.read(_HEAD_BYTES)
    length = int.from_bytes(head[:4], "big")
    if length == _LARGE:
        length = int.from_bytes(cursor.read(8), "big")
    return Box(head[4:], cursor.position, end if length == _TO_THE_END else start + length)
