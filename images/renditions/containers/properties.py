"""What the property table of AVIF and HEIC says of sizes and sampling (ISO/IEC 23008-12, 9.3)."""

from dataclasses import dataclass, field
from typing import Final

from images.renditions.containers.boxes import Box, boxes_in
from images.renditions.containers.cursor import Cursor

_COPIES: Final = 2
"""A decoder hands a picture over, and has it still."""

_HIGH_DEPTH, _GREY, _HALF_WIDTH, _HALF_HEIGHT = 0x40, 0x10, 0x08, 0x04
"""Flags in the third byte of ``av1C`` (AV1 Codec ISO Media File Format Binding, 2.3.3)."""

_CHROMA_AT, _DEPTH_AT = 16, 17
_HEVC_CHROMA: Final = {0: 0.0, 1: 0.5, 2: 1.0}
"""Samples of chroma for each of luma, by ``chromaFormat`` of ``hvcC`` (ISO/IEC 14496-15)."""


@dataclass(slots=True)
class Properties:
    """Over all pictures in the file: the most pixels, and the most bytes that one of them takes."""

    pixels: int = 0
    bytes_each: set[float] = field(default_factory=set)

    @property
    def held_bytes(self) -> int:
        """The planes of the largest picture as a decoder holds them."""
        return int(_COPIES * self.pixels * max(self.bytes_each, default=1.5))


def read_properties(cursor: Cursor, table: Box) -> Properties:
    """The properties in an ``iprp`` box; each coded size must be one that is taken."""
    found = Properties()
    for container in boxes_in(cursor, table.start, table.end):
        if container.name != b"ipco":
            continue
        for box in boxes_in(cursor, container.start, container.end):
            head = cursor.read(min(box.end - box.start, _DEPTH_AT + 1))
            if box.name == b"ispe":
                width, height = (int.from_bytes(head[i : i + 4], "big") for i in (4, 8))
                cursor.limits.check_dimensions(width, height)
                found.pixels = max(found.pixels, width * height)
            elif box.name == b"av1C" and len(head) > 2:  # noqa: PLR2004
                found.bytes_each.add(_av1_bytes(head[2]))
            elif box.name == b"hvcC" and len(head) > _DEPTH_AT:
                deep = head[_DEPTH_AT] & 7 > 0
                chroma = _HEVC_CHROMA.get(head[_CHROMA_AT] & 3, 2.0)
                found.bytes_each.add((1 + chroma) * (1 + deep))
    return found


def _av1_bytes(flags: int) -> float:
    chroma = 2.0
    if flags & _GREY:
        chroma = 0.0
    elif flags & _HALF_WIDTH:
        chroma = 0.5 if flags & _HALF_HEIGHT else 1.0
    return (1 + chroma) * (2 if flags & _HIGH_DEPTH else 1)
