"""Loads a picture as far as its file has pixels, and finds out whether these were all of them.

Pillow is set to keep what it has decoded when a file ends early, and says nothing of it. So each
of its decoders runs inside one of ours, which sees whether it came to its end.
"""

import struct
from typing import Any, Final

from PIL import ImageFile
from PIL.WebPImagePlugin import WebPImageFile

from images.renditions import heif
from images.renditions.containers import Layout
from images.renditions.counted.counter import Counter
from images.renditions.counted.decoders import counted_tile
from images.renditions.errors import CorruptImageError, TruncatedImageError

__all__ = ["load"]

# Partial pictures are kept, by every thread of the process; `load` reports them.
ImageFile.LOAD_TRUNCATED_IMAGES = True

_DECODED_BY_PILLOW_FIRST: Final = frozenset({"WEBP", "AVIF", "HEIF"})
"""Readers whose library gives a whole picture or none; Pillow then only copies it."""
_AFTER_THE_PIXELS: Final = (OSError, SyntaxError, ValueError, IndexError, struct.error)
_MOST_COLOURS: Final = 256


def load(source: ImageFile.ImageFile, layout: Layout) -> bool:
    """Decode ``source``; whether every pixel was there and sound, as far as can be known.

    Pixels that were not there are black, or transparent, or what a JPEG decoder makes of none.
    Raises ``TruncatedImageError`` or ``CorruptImageError`` when nothing could be decoded.
    """
    counter = Counter(layout)
    if source.format not in _DECODED_BY_PILLOW_FIRST:
        source.tile = [counted_tile(tile, counter) for tile in source.tile]
    if isinstance(source, heif.HeifImageFile):
        heif.decode(source)
    if isinstance(source, WebPImageFile):
        _let_go_of_canvases(source)
    _trim_palette(source)
    try:
        source.load()
    except _AFTER_THE_PIXELS:
        if source.tile:
            raise
        # What follows the pixels is in disorder, which is no matter; but libtiff raises here
        # when it has stopped at a strip, and those before it are there.
        counter.failed = counter.failed or source.format == "TIFF"
    is_complete = counter.is_complete and layout.has_all_data
    if not is_complete and source.im.getbbox() is None:
        if counter.failed and layout.has_all_data:
            raise CorruptImageError("The image is damaged: no pixel of it can be decoded.")
        raise TruncatedImageError("The file ends before the picture does.")
    return is_complete


def _let_go_of_canvases(source: WebPImageFile) -> None:
    """Let the decoder end with the first frame: it holds twice what the picture needs from then on.

    Pillow keeps it for frames that nobody asks for here.
    """
    whole: Any = source
    read = whole._get_next  # noqa: SLF001 - the decoder is not to be had otherwise

    def read_last() -> Any:
        # Or the picture would hold itself, until garbage is collected.
        del whole._get_next  # noqa: SLF001 - likewise
        frame = read()
        whole._decoder = None  # noqa: SLF001 - likewise
        return frame

    whole._get_next = read_last  # noqa: SLF001 - likewise


def _trim_palette(source: ImageFile.ImageFile) -> None:
    """Leave out colours that no pixel can have, for which Pillow refuses a palette."""
    palette = source.palette
    if palette is not None and palette.rawmode and ";" not in palette.rawmode:
        palette.palette = palette.palette[: _MOST_COLOURS * len(palette.rawmode)]
