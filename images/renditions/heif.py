"""Pillow's reader of HEIF, from pillow-heif, set to read the picture and nothing beside it."""

from typing import Final

from PIL import Image
from pillow_heif import HeifImageFile, options

_IN_THE_CALLERS_THREAD: Final = 0

# An embedded thumbnail is another encoding of the picture: pixels must not depend on it.
options.THUMBNAILS = False
options.DEPTH_IMAGES = False
options.AUX_IMAGES = False
# More threads would decode more tiles at once, each of which takes memory.
options.DECODE_THREADS = _IN_THE_CALLERS_THREAD
# libheif's own bounds on boxes, items and blocks of memory stay in force.
options.DISABLE_SECURITY_LIMITS = False

# Only for reading: pillow-heif's own registration would let Pillow write HEIC, too.
Image.register_open(HeifImageFile.format, HeifImageFile)

__all__ = ["HeifImageFile", "decode"]


def decode(source: HeifImageFile) -> None:
    """Decode the picture for ``source.load()``, which would hide a failure as an empty picture.

    It does so where Pillow is set to keep partial pictures; libheif gives none.
    """
    file = source._heif_file  # noqa: SLF001 - there is no other way to its errors
    if file is not None:
        _ = file[source.tell()].data
