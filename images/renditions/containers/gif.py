"""The blocks of a GIF file (GIF89a)."""

from typing import Final

from images.renditions.containers.cursor import Cursor, Layout
from images.renditions.errors import CorruptImageError, MetadataTooLargeError

_IMAGE: Final = 0x2C
_EXTENSION: Final = 0x21
_TRAILER: Final = 0x3B
_COMMENT: Final = 0xFE
_TEXT_LABELS: Final = frozenset({0x01, _COMMENT, 0xFF})
_MAX_COMMENT_BYTES: Final = 1 << 18
_HAS_TABLE: Final = 0x80


def walk(cursor: Cursor) -> Layout:
    """Check the canvas, the first frame, and comments before a second; no trailer is asked for."""
    head = cursor.read(13)
    canvas = int.from_bytes(head[6:8], "little"), int.from_bytes(head[8:10], "little")
    _skip_table(cursor, head[10])
    frames = comments = 0
    while not cursor.at_end:
        kind = cursor.read(1)[0]
        if kind == _IMAGE:
            frames += 1
            if frames > 1:  # is not decoded, nor is what follows it
                break
            _image(cursor, canvas)
        elif kind == _EXTENSION:
            label = cursor.read(1)[0]
            size = _skip_sub_blocks(cursor)
            cursor.count_metadata(size if label in _TEXT_LABELS else 0)
            comments += size if label == _COMMENT else 0
            if comments > _MAX_COMMENT_BYTES:  # Pillow takes quadratic time to join them
                raise MetadataTooLargeError("The comments in the image are too long.")
        elif kind == _TRAILER or (kind != 0 and frames):
            break
        elif kind == 0:
            cursor.count_block()
        else:
            raise CorruptImageError("The file holds an unknown block.")
    if not frames:
        raise CorruptImageError("The file holds no picture.")
    return Layout(frames=frames)


def _image(cursor: Cursor, canvas: tuple[int, int]) -> None:
    box = cursor.read(9)
    left, top, width, height = (int.from_bytes(box[i : i + 2], "little") for i in (0, 2, 4, 6))
    # A frame outside the canvas grows it.
    cursor.limits.check_dimensions(max(canvas[0], left + width), max(canvas[1], top + height))
    _skip_table(cursor, box[8])
    cursor.skip(1)
    _skip_sub_blocks(cursor)


def _skip_table(cursor: Cursor, flags: int) -> None:
    if flags & _HAS_TABLE:
        cursor.skip(3 << ((flags & 0x07) + 1))


def _skip_sub_blocks(cursor: Cursor) -> int:
    """Skip to the end of a run of sub-blocks and give the bytes in them."""
    total = 0
    while size := cursor.read(1)[0]:
        cursor.count_block()
        cursor.skip(size)
        total += size
    return total
