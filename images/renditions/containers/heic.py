"""The boxes of a HEIC file and its tables of items and properties (ISO/IEC 23008-12)."""

from typing import Final

from images.renditions.containers.boxes import Box, boxes_in, outer_boxes
from images.renditions.containers.cursor import Cursor, Layout
from images.renditions.containers.properties import Properties, read_properties
from images.renditions.errors import (
    CorruptImageError,
    TruncatedImageError,
    UnsupportedFormatError,
)

_VERSION_BYTES: Final = 4
_LONG_IDS: Final = 3
_HEVC: Final = frozenset({b"hvc1", b"hev1"})
_CODINGS: Final = {
    b"av01": "AV1",
    b"avc1": "AVC",
    b"j2k1": "JPEG 2000",
    b"jpeg": "JPEG",
    b"unci": "no compression",
    b"vvc1": "VVC",
}


def walk(cursor: Cursor) -> Layout:
    """Check the boxes, each size that a picture in the file is coded at, and that HEVC codes one.

    The shown size may be a part of the coded one, and all of it is decoded. Pictures beside the
    primary one are not frames; a sequence in a track is one, however long.
    """
    boxes = outer_boxes(cursor)
    if b"meta" not in boxes:
        raise UnsupportedFormatError("The file is a HEIF sequence without a still picture.")
    types: set[bytes] = set()
    properties = Properties()
    meta, names = boxes[b"meta"], set(boxes)
    for box in boxes_in(cursor, meta.start + _VERSION_BYTES, meta.end):
        names.add(box.name)
        if box.name == b"iinf":
            types |= _item_types(cursor, box)
        elif box.name == b"iprp":
            properties = read_properties(cursor, box)
    if types.isdisjoint(_HEVC):
        coding = next((_CODINGS[name] for name in _CODINGS if name in types), "an unknown coding")
        raise UnsupportedFormatError(f"The file is HEIF with {coding}; HEVC is what is read.")
    if names.isdisjoint({b"mdat", b"idat"}):
        raise TruncatedImageError("The file ends before the picture does.")
    if not properties.pixels:
        raise CorruptImageError("The file does not give the size of its picture.")
    # Frames are not counted: that there is more than the one shown is all that anybody asks.
    frames = 2 if b"moov" in boxes else 1
    return Layout(frames=frames, held_bytes=properties.held_bytes)


def _item_types(cursor: Cursor, table: Box) -> set[bytes]:
    """How each item is coded, or made from others."""
    version = cursor.read(_VERSION_BYTES)[0]
    cursor.skip(4 if version else 2)  # how many there are; the boxes say it, too
    types = set()
    for _entry in boxes_in(cursor, cursor.position, table.end):
        version = cursor.read(_VERSION_BYTES)[0]
        cursor.skip(6 if version >= _LONG_IDS else 4)
        types.add(cursor.read(4))
    return types
