"""The segments of a JPEG file (ITU-T T.81, annex B), up to the first end-of-image marker."""

import re
from dataclasses import dataclass
from typing import Final

from images.renditions.containers.cursor import Cursor, Layout
from images.renditions.errors import CorruptImageError, TruncatedImageError

_PROGRESSIVE: Final = frozenset({0xC2, 0xC6, 0xCA, 0xCE})
_COEFFICIENT_BYTES: Final = 2
_BLOCK_SIDE: Final = 8
_SOF: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_PREFIX: Final = 0xFF
_EOI: Final = 0xD9
_SOS: Final = 0xDA
_METADATA: Final = frozenset({*range(0xE0, 0xF0), 0xFE})
_BLOCK_BYTES: Final = 1 << 20

# In entropy-coded data 0xFF is followed by a stuffed zero, a restart marker or fill bytes; what
# else damage may put there is not a marker that ends it.
_MARKER: Final = re.compile(rb"\xff[\xc0-\xcf\xd8-\xfe]")


@dataclass(frozen=True, slots=True)
class _Frame:
    """What a frame header says; ``coefficients`` are bytes, of all components at full size."""

    pixels: int
    components: int
    coefficients: int
    progressive: bool


def walk(cursor: Cursor) -> Layout:
    """Check size, metadata and scans, and that the image ends before the file does."""
    cursor.skip(2)
    frame: _Frame | None = None
    scans = held = 0
    marker = _marker(cursor)
    while marker != _EOI:
        cursor.count_block()
        length = _length(cursor)
        if marker in _SOF:
            frame = _frame(cursor, cursor.read(length), progressive=marker in _PROGRESSIVE)
        elif marker == _SOS and frame and length:
            # Coefficients are kept whole where a scan does not finish what it codes.
            if frame.progressive or cursor.read(1)[0] < frame.components:
                held = frame.coefficients
            cursor.skip(length - (0 if frame.progressive else 1))
        else:
            cursor.count_metadata(length if marker in _METADATA else 0)
            cursor.skip(length)
        if marker == _SOS:
            scans += 1
            _check_scans(cursor, scans, frame)
            marker = _marker_after_scan(cursor)
        else:
            marker = _marker(cursor)
    if not frame or not scans:
        raise CorruptImageError("The file holds no picture.")
    return Layout(held_bytes=held)


def _check_scans(cursor: Cursor, scans: int, frame: _Frame | None) -> None:
    pixels = frame.pixels if frame else 0
    if scans > cursor.limits.max_scans or scans * pixels > cursor.limits.max_scan_pixels:
        raise CorruptImageError("The image is cut into too many scans.")


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


def _frame(cursor: Cursor, header: bytes, *, progressive: bool) -> _Frame:
    height, width = int.from_bytes(header[1:3], "big"), int.from_bytes(header[3:5], "big")
    cursor.limits.check_dimensions(width, height)
    factors = [(byte >> 4, byte & 15) for byte in header[7::3]]
    across, down = (max((pair[i] for pair in factors), default=1) or 1 for i in (0, 1))
    # Each component is padded to whole blocks of the least common size.
    columns = -(-width // (_BLOCK_SIDE * across)) * _BLOCK_SIDE
    rows = -(-height // (_BLOCK_SIDE * down)) * _BLOCK_SIDE
    samples = sum(columns * right * rows * below for right, below in factors)
    return _Frame(width * height, len(factors), _COEFFICIENT_BYTES * samples, progressive)
