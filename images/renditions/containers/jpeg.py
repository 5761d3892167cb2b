"""The segments of a JPEG file (ITU-T T.81, annex B), up to the first end-of-image marker."""

import re
from typing import Final

from images.renditions.containers.cursor import Cursor, Layout
from images.renditions.errors import CorruptImageError, TruncatedImageError

_SOF: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_PREFIX: Final = 0xFF
_EOI: Final = 0xD9
_SOS: Final = 0xDA
_METADATA: Final = frozenset({*range(0xE0, 0xF0), 0xFE})
_BLOCK_BYTES: Final = 1 << 20

# In entropy-coded data 0xFF is followed by a stuffed zero, a restart marker or fill bytes; what
# else damage may put there is not a marker that ends it.
_MARKER: Final = re.compile(rb"\xff[\xc0-\xcf\xd8-\xfe]")


def walk(cursor: Cursor) -> Layout:
    """Check size, metadata and scans, and that the image ends before the file does."""
    cursor.skip(2)
    frames = scans = 0
    marker = _marker(cursor)
    while marker != _EOI:
        cursor.count_block()
        length = _length(cursor)
        if marker in _SOF:
            frames += 1
            _check_frame_header(cursor, length)
        else:
            cursor.count_metadata(length if marker in _METADATA else 0)
            cursor.skip(length)
        if marker == _SOS:
            scans += 1
            marker = _marker_after_scan(cursor)
        else:
            marker = _marker(cursor)
        if scans > cursor.limits.max_scans:
            raise CorruptImageError("The image is cut into too many scans.")
    if not frames or not scans:
        raise CorruptImageError("The file holds no picture.")
    return Layout()


def _marker(cursor: Cursor) -> int:
    byte = cursor.read(1)[0]
    while byte != _PREFIX:  # decoders pass over junk between segments
        cursor.count_block()
        byte = cursor.read(1)[0]
    while byte == _PREFIX:  # which may be repeated
        cursor.count_block()
        byte = cursor.read(1)[0]
    return byte


def _marker_after_scan(cursor: Cursor) -> int:
    carried = b""
    while True:
        block = carried + cursor.read_some(_BLOCK_BYTES)
        if len(block) == len(carried):
            raise TruncatedImageError("The file ends before the picture does.")
        if found := _MARKER.search(block):
            cursor.move(cursor.position - len(block) + found.end())
            return found[0][1]
        carried = block[-1:] if block.endswith(b"\xff") else b""


def _length(cursor: Cursor) -> int:
    length = int.from_bytes(cursor.read(2), "big") - 2
    if length < 0:
        raise CorruptImageError("A segment has an impossible length.")
    return length


def _check_frame_header(cursor: Cursor, length: int) -> None:
    header = cursor.read(length)
    height, width = int.from_bytes(header[1:3], "big"), int.from_bytes(header[3:5], "big")
    cursor.limits.check_dimensions(width, height)
