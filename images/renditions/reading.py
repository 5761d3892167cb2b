"""The guard around Pillow's readers: its many exceptions and warnings become our few errors."""

import struct
import threading
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, Final

from PIL import Image, ImageFile, UnidentifiedImageError

from images.renditions.containers import Layout
from images.renditions.errors import (
    CorruptImageError,
    DimensionsExceededError,
    MetadataTooLargeError,
    ReaderFailedError,
    TruncatedImageError,
    UnreadableImageError,
    UnsupportedFeatureError,
)
from images.renditions.formats import ImageFormat
from images.renditions.limits import Limits
from images.renditions.mending import mended

_BOMBS: Final = (Image.DecompressionBombError, Image.DecompressionBombWarning)
_DAMAGE: Final = (
    UnidentifiedImageError,
    OSError,
    SyntaxError,
    ValueError,
    IndexError,
    KeyError,
    EOFError,
    OverflowError,
    ZeroDivisionError,
    struct.error,
    zlib.error,
)
"""What Pillow's readers raise over a file that does not hold together."""

_DEFECTS: Final = (TypeError, AttributeError, AssertionError, RuntimeError)
"""What they raise when they have a defect themselves, which is logged with its traceback."""

_TRUNCATION_WORDS: Final = ("truncated", "unexpected end", "not enough data")
_FAILED: Final = "Failed to decode"  # so says the reader of AVIF over a damaged file
_UNSUPPORTED: Final = "Unsupported "
_METADATA_WORDS: Final = ("MAX_TEXT_CHUNK", "MAX_TEXT_MEMORY")


@contextmanager
def guarded_reading() -> Iterator[None]:
    """Turn whatever reading an image raises into an ``UnreadableImageError``."""
    try:
        with _QUIET:
            yield
    except UnreadableImageError:
        raise
    except (*_BOMBS, MemoryError) as exc:
        raise DimensionsExceededError("The image needs more memory than is allowed.") from exc
    except _DAMAGE as exc:
        raise _refusal(exc) from exc
    except _DEFECTS as exc:
        if str(exc).startswith(_FAILED):
            raise CorruptImageError("The image is damaged.") from exc
        raise ReaderFailedError(
            "The picture could not be read, for a reason not foreseen."
        ) from exc


def open_image(
    file: BinaryIO, image_format: ImageFormat, limits: Limits, layout: Layout
) -> ImageFile.ImageFile:
    """Open as one format, without decoding; call it within ``guarded_reading()``.

    ``file`` stays the caller's to close. A file of another length than it says is mended in
    memory where its reader would refuse it for that; ``layout`` knows.
    The walk over the file has checked the size already; it is checked again on what Pillow
    itself says, and Pillow's own bound, which all threads share, follows the limits.
    """
    if limits.max_side**2 != Image.MAX_IMAGE_PIXELS:
        Image.MAX_IMAGE_PIXELS = limits.max_side**2
    file.seek(0)
    if layout.length:
        file = mended(file, image_format.name, layout.length)
    image = Image.open(file, formats=(image_format.pillow,))
    limits.check_dimensions(*image.size)
    return image


def _refusal(error: Exception) -> UnreadableImageError:
    text = str(error)
    if any(word in text for word in _METADATA_WORDS):
        return MetadataTooLargeError("A block of text or a profile in the image is too large.")
    if isinstance(error, EOFError) or any(word in text.lower() for word in _TRUNCATION_WORDS):
        return TruncatedImageError("The file ends before the picture does.")
    if text.startswith(_UNSUPPORTED):
        return UnsupportedFeatureError(text.removeprefix(_UNSUPPORTED))
    return CorruptImageError("The image is damaged.")


class _QuietPillow:
    """Silences Pillow's warnings while any thread reads, and makes its bomb warning an error.

    The list of warning filters belongs to the process, so the first reader in sets it and the
    last one out restores it; overlapping ``warnings.catch_warnings`` would restore it wrongly.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._readers = 0
        self._saved = warnings.catch_warnings()

    def __enter__(self) -> None:
        with self._lock:
            self._readers += 1
            if self._readers == 1:
                self._saved = warnings.catch_warnings()
                self._saved.__enter__()
                warnings.filterwarnings("ignore", module=r"PIL\.")
                warnings.simplefilter("error", Image.DecompressionBombWarning)

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._readers -= 1
            if self._readers == 0:
                self._saved.__exit__(None, None, None)


_QUIET: Final = _QuietPillow()
