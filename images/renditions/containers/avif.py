"""The boxes of an AVIF file; its decoder reads what is inside them."""

from typing import Final

from images.renditions.containers.boxes import boxes_in, outer_boxes
from images.renditions.containers.cursor import Cursor, Layout
from images.renditions.containers.properties import read_properties

_VERSION_BYTES: Final = 4


def walk(cursor: Cursor) -> Layout:
    """Check the boxes and each coded size. What follows the picture is passed over."""
    boxes = outer_boxes(cursor)
    held = 0
    if meta := boxes.get(b"meta"):
        for box in boxes_in(cursor, meta.start + _VERSION_BYTES, meta.end):
            if box.name == b"iprp":
                held = read_properties(cursor, box).held_bytes
    return Layout(held_bytes=held)
