"""The segments of a JPEG file (ITU-T T.81, annex B), up to the first end-of-image marker."""

import re
from dataclasses import dataclass, field
from typing import Final

from images.renditions.containers.cursor import Cursor, Layout
from images.renditions.errors import (
    CorruptImageError,
    TruncatedImageError,
    UnsupportedFeatureError,
)

_PROGRESSIVE: Final = frozenset({0xC2, 0xC6, 0xCA, 0xCE})
_COEFFICIENT_BYTES: Final = 2
_BLOCK_SIDE: Final = 8
_SOF: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_PREFIX: Final = 0xFF
_EOI: Final = 0xD9
_SOS: Final = 0xDA
_METADATA: Final = frozenset({*range(0xE0, 0xF0), 0xFE})
_ALONE: Final = frozenset({0x01, *range(0xD0, 0xD9)})
_BLOCK_BYTES: Final = 1 << 20
# Decoders pass over any amount of junk to the next marker, once for each scale that is decoded.
_MAX_JUNK_BYTES: Final = 1 << 16
_USUAL_SEGMENT_BYTES: Final = 1_024
_EIGHT_BITS: Final = 8

_UNSUPPORTED: Final = {
    0xC3: "lossless JPEG",
    **dict.fromkeys((0xC5, 0xC6, 0xC7), "hierarchical JPEG"),
    **dict.fromkeys((0xC9, 0xCA), "arithmetic coding in JPEG"),
    0xCB: "lossless JPEG",
    **dict.fromkeys((0xCD, 0xCE, 0xCF), "hierarchical JPEG"),
    0xF7: "JPEG-LS",
}

# In entropy-coded data 0xFF is followed by a stuffed zero, a restart marker or fill bytes; what
# else damage may put there is not a marker that ends it.
_MARKER: Final = re.compile(rb"\xff[\xc0-\xcf\xd8-\xfe]")
_JUNK: Final = re.compile(rb"[^\xff]*")
_FILL: Final = re.compile(rb"\xff*")


@dataclass(frozen=True, slots=True)
class _Frame:
    """What a frame header says; ``coefficients`` are bytes, of all components at full size."""

    pixels: int
    components: int
    coefficients: int
    progressive: bool


@dataclass(slots=True)
class _SegmentsSeen:
    """What the segments so far have shown; ``scans`` is where the data of each stands."""

    frame: _Frame | None = None
    held: int = 0
    has_end: bool = True
    scans: list[tuple[int, int]] = field(default_factory=list)


def walk(cursor: Cursor) -> Layout:
    """Check size, metadata and scans, and find where the scans' data stands.

    A file that ends within a scan, or without its end marker, is taken: how much of the picture
    is there is for the decoder to count.
    """
    cursor.skip(2)
    seen = _SegmentsSeen()
    try:
        while (marker := _marker(cursor)) != _EOI:
            cursor.count_block(_USUAL_SEGMENT_BYTES)
            if marker not in _ALONE:
                _segment(cursor, marker, seen)
    except TruncatedImageError:
        if not seen.scans or not seen.frame:
            raise
        seen.has_end = False
    if not seen.frame or not seen.scans:
        raise CorruptImageError("The file holds no picture.")
    return Layout(held_bytes=seen.held, data=tuple(seen.scans), has_end=seen.has_end)


def _marker(cursor: Cursor) -> int:
    """The next marker; decoders pass over junk before it, and over repeats of its prefix."""
    _pass_over(cursor, _JUNK)
    _pass_over(cursor, _FILL)
    return cursor.read(1)[0]


def _pass_over(cursor: Cursor, pattern: re.Pattern[bytes]) -> None:
    passed, block = 0, cursor.read_some(16)
    while (match := pattern.match(block)) and match.end() == len(block) and block:
        passed += len(block)
        if passed > _MAX_JUNK_BYTES:
            raise CorruptImageError("There is too much between the segments.")
        block = cursor.read_some(_MAX_JUNK_BYTES)
    if not block:
        raise TruncatedImageError("The file ends before the picture does.")
    cursor.move(cursor.position - len(block) + (match.end() if match else 0))


def _segment(cursor: Cursor, marker: int, seen: _SegmentsSeen) -> None:
    """Check a segment, and go to its end; after the header of a scan, to the scan's."""
    length = int.from_bytes(cursor.read(2), "big") - 2
    if length < 0:
        raise CorruptImageError("A segment has an impossible length.")
    if marker in _UNSUPPORTED:
        raise UnsupportedFeatureError(_UNSUPPORTED[marker])
    if marker in _SOF:
        seen.frame = _frame(cursor, cursor.read(length), progressive=marker in _PROGRESSIVE)
    elif marker == _SOS:
        _scan(cursor, cursor.read(length), seen)
    else:
        cursor.count_metadata(length if marker in _METADATA else 0)
        cursor.skip(length)


def _scan(cursor: Cursor, header: bytes, seen: _SegmentsSeen) -> None:
    frame = seen.frame
    # Coefficients are kept whole where a scan does not finish what it codes.
    if frame and header and (frame.progressive or header[0] < frame.components):
        seen.held = frame.coefficients
    start = cursor.position
    seen.scans.append((start, _end_of_scan(cursor)))
    pixels, scans = frame.pixels if frame else 0, len(seen.scans)
    if scans > cursor.limits.max_scans or scans * pixels > cursor.limits.max_scan_pixels:
        raise CorruptImageError("The image is cut into too many scans.")


def _frame(cursor: Cursor, header: bytes, *, progressive: bool) -> _Frame:
    if header[:1] and header[0] != _EIGHT_BITS:
        raise UnsupportedFeatureError(f"JPEG with {header[0]} bits a sample")
    height, width = int.from_bytes(header[1:3], "big"), int.from_bytes(header[3:5], "big")
    if width and not height:
        raise UnsupportedFeatureError("JPEG that gives its height after its pixels")
    cursor.limits.check_dimensions(width, height)
    factors = [(byte >> 4, byte & 15) for byte in header[7::3]]
    across, down = (max((pair[i] for pair in factors), default=1) or 1 for i in (0, 1))
    # Each component is padded to whole blocks of the least common size.
    columns = -(-width // (_BLOCK_SIDE * across)) * _BLOCK_SIDE
    rows = -(-height // (_BLOCK_SIDE * down)) * _BLOCK_SIDE
    samples = sum(columns * right * rows * below for right, below in factors)
    return _Frame(width * height, len(factors), _COEFFICIENT_BYTES * samples, progressive)


def _end_of_scan(cursor: Cursor) -> int:
    """Go to the marker that ends a scan's data, or to the file's end, and give the position."""
    carried = b""
    while block := cursor.read_some(_BLOCK_BYTES):
        block = carried + block
        if found := _MARKER.search(block):
            cursor.move(cursor.position - len(block) + found.start())
            break
        # A marker may lie across two blocks.
        carried = block[-1:] if block.endswith(b"\xff") else b""
    return cursor.position
