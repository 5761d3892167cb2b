"""Which way up stored pixels are: EXIF says it, or XMP where EXIF does not.

Where both say something, EXIF counts: XMP was written from it, and not every program that turns a
picture rewrites both. ExifTool's and the Metadata Working Group's advice, Pillow and ImageIO agree;
browsers and libvips know EXIF only.
"""

import re
from typing import Final

from PIL import ExifTags, Image

from images.renditions.errors import UnreadableImageError
from images.renditions.reading import guarded_reading

UPRIGHT: Final = 1
VALUES: Final = range(1, 9)
XMP_BYTES: Final = 1 << 20
"""More than this of a packet is not looked at."""

# XMP is read as text, for this one value, and not by an XML parser, which would also do what a
# hostile packet says (entities). Names have the prefix that the packet binds to TIFF's namespace.
_BOUND: Final = re.compile(
    rb"xmlns:([A-Za-z_][\w.-]{0,40})\s{0,9}=\s{0,9}[\"']http://ns\.adobe\.com/tiff/1\.0/[\"']"
)
_VALUE: Final = rb"%b:Orientation(?:\s{0,9}=\s{0,9}[\"']|\s{0,9}>)\s{0,9}([0-9]{1,3})\s{0,9}[\"'<]"


def orientation_of(*, exif: bytes, xmp: bytes) -> int:
    """The orientation (1 to 8) in two blocks, either of which may be empty; 1 when none says it."""
    found = orientation_in_exif(exif)
    if found is None:
        found = orientation_in_xmp(xmp)
    return UPRIGHT if found is None else found


def orientation_in_exif(exif: bytes) -> int | None:
    """The orientation in a block of EXIF; ``None`` when it has none, or one that makes no sense."""
    if not exif:
        return None
    try:
        with guarded_reading():
            block = Image.Exif()
            block.load(exif)
            return as_orientation(block.get(ExifTags.Base.Orientation))
    except UnreadableImageError:
        return None


def orientation_in_xmp(xmp: bytes) -> int | None:
    """The ``tiff:Orientation`` of a packet, as attribute or as element.

    >>> orientation_in_xmp(b'<x xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="6"/>')
    6
    """
    packet = xmp[:XMP_BYTES]
    if packet[:64].count(b"\0") > 1:  # UTF-16 or UTF-32, whose digits and names are ASCII with NULs
        packet = packet.replace(b"\0", b"")
    for prefix in dict.fromkeys(_BOUND.findall(packet)):
        if match := re.search(_VALUE % re.escape(prefix), packet):
            return as_orientation(int(match[1]))
    return None


def as_orientation(value: object) -> int | None:
    """``value`` if it is one of the eight."""
    return value if isinstance(value, int) and value in VALUES else None
