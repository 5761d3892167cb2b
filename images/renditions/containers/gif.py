"""The blocks of a GIF file (GIF89a)."""

from dataclasses import dataclass
from typing import Final

from images.renditions.containers.cursor import Cursor, Layout
from images.renditions.errors import (
    CorruptImageError,
    MetadataTooLargeError,
    TruncatedImageError,
)

_IMAGE: Final = 0x2C
_EXTENSION: Final = 0x21
_TRAILER: Final = 0x3B
_COMMENT: Final = 0xFE
_TEXT_LABELS: Final = frozenset({0x01, _COMMENT, 0xFF})
_MAX_COMMENT_BYTES: Final = 1 << 18
_HAS_TABLE: Final = 0x80
_USUAL_BLOCK_BYTES: Final = 64


@dataclass(slots=True)
class _BlocksSeen:
    """What the blocks so far have shown; ``data`` is where the first frame's codes stand."""

    frames: int = 0
    comments: int = 0
    data: tuple[tuple[int, int], ...] = ()


def walk(cursor: Cursor) -> Layout:
    """Check the canvas, the first frame, and comments before a second.

    A file that ends early is taken when the frame has begun: how many of its pixels are there
    is for the decoder to count.
    """
    head = cursor.read(13)
    canvas = int.from_bytes(head[6:8], "little"), int.from_bytes(head[8:10], "little")
    _skip_table(cursor, head[10])
    seen = _BlocksSeen()
    try:
        while not cursor.at_end and _block(cursor, canvas, seen):
            pass
    except TruncatedImageError:
        if not seen.data:
            raise
    if not seen.frames:
        raise CorruptImageError("The file holds no picture.")
    return Layout(frames=seen.frames, data=seen.data)


def _block(cursor: Cursor, canvas: tuple[int, int], seen: _BlocksSeen) -> bool:
    """Walk over one block; false when it ends the file."""
    kind = cursor.read(1)[0]
    if kind == _IMAGE:
        seen.frames += 1
        if seen.frames > 1:  # is not decoded, nor is what follows it
            return False
        _image(cursor, canvas, seen)
    elif kind == _EXTENSION:
        label = cursor.read(1)[0]
        size = _skip_sub_blocks(cursor)
        cursor.count_metadata(size if label in _TEXT_LABELS else 0)
        seen.comments += size if label == _COMMENT else 0
        if seen.comments > _MAX_COMMENT_BYTES:  # Pillow takes quadratic time to join them
            raise MetadataTooLargeError("The comments in the image are too long.")
    elif kind == 0:
        cursor.count_block(_USUAL_BLOCK_BYTES)
    elif kind == _TRAILER or seen.frames:
        return False
    else:
        raise CorruptImageError("The file holds an unknown block.")
    return True


def _image(cursor: Cursor, canvas: tuple[int, int], seen: _BlocksSeen) -> None:
    box = cursor.read(9)
    left, top, width, height = (int.from_bytes(box[i : i + 2], "little") for i in (0, 2, 4, 6))
    # A frame outside the canvas grows it.
    cursor.limits.check_dimensions(max(canvas[0], left + width), max(canvas[1], top + height))
    _skip_table(cursor, box[8])
    cursor.skip(1)
    start = cursor.position
    seen.data = ((start, cursor.size),)  # in case the file ends within them
    _skip_sub_blocks(cursor)
    seen.data = ((start, cursor.position),)


def _skip_table(cursor: Cursor, flags: int) -> None:
    if flags & _HAS_TABLE:
        cursor.skip(3 << ((flags & 0x07) + 1))


def _skip_sub_blocks(cursor: Cursor) -> int:
    """Skip to the end of a run of sub-blocks and give the bytes in them."""
    total = 0
    while size := cursor.read(1)[0]:
        cursor.count_block(_USUAL_BLOCK_BYTES)
        cursor.skip(size)
        total += size
    return total
