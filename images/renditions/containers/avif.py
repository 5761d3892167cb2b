"""The boxes of an AVIF file; its decoder reads what is inside them."""

from images.renditions.containers.boxes import outer_boxes
from images.renditions.containers.cursor import Cursor, Layout


def walk(cursor: Cursor) -> Layout:
    """Check that each box ends within the file. What follows the picture is passed over."""
    outer_boxes(cursor)
    return Layout()
