import struct
import warnings
import zlib

import pytest
from PIL import Image, UnidentifiedImageError

from images.renditions import (
    CorruptImageError,
    DimensionsExceededError,
    MetadataTooLargeError,
    ReaderFailedError,
    TruncatedImageError,
    UnreadableImageError,
    UnsupportedFeatureError,
)
from images.renditions.reading import guarded_reading


@pytest.mark.parametrize(
    ("raised", "refusal"),
    [
        (UnidentifiedImageError("cannot identify image file"), CorruptImageError),
        (OSError("broken data stream when reading image file"), CorruptImageError),
        (OSError("image file is truncated (3 bytes not processed)"), TruncatedImageError),
        (EOFError("no more images"), TruncatedImageError),
        (ValueError("Decompressed data too large for MAX_TEXT_CHUNK"), MetadataTooLargeError),
        (SyntaxError("broken PNG file"), CorruptImageError),
        (ValueError("unknown"), CorruptImageError),
        (IndexError(), CorruptImageError),
        (KeyError("x"), CorruptImageError),
        (OSError("Unsupported BMP bitfields layout"), UnsupportedFeatureError),
        (RuntimeError("Failed to decode frame 0: Truncated data"), CorruptImageError),
        (RuntimeError("out of order"), ReaderFailedError),
        (TypeError(), ReaderFailedError),
        (AttributeError(), ReaderFailedError),
        (AssertionError(), ReaderFailedError),
        (struct.error(), CorruptImageError),
        (zlib.error(), CorruptImageError),
        (OverflowError(), CorruptImageError),
        (ZeroDivisionError(), CorruptImageError),
        (MemoryError(), DimensionsExceededError),
        (Image.DecompressionBombError(), DimensionsExceededError),
        (Image.DecompressionBombWarning(), DimensionsExceededError),
    ],
)
def test_what_a_reader_raises_becomes_a_refusal(
    raised: Exception, refusal: type[UnreadableImageError]
) -> None:
    with pytest.raises(refusal) as caught, guarded_reading():
        raise raised
    assert caught.value.__cause__ is raised


def test_a_refusal_passes_unchanged() -> None:
    refusal = TruncatedImageError("short")
    with pytest.raises(TruncatedImageError) as caught, guarded_reading():
        raise refusal
    assert caught.value is refusal


def test_an_interruption_is_not_a_refusal() -> None:
    with pytest.raises(KeyboardInterrupt), guarded_reading():
        raise KeyboardInterrupt


def test_the_filters_of_the_process_are_left_as_they_were() -> None:
    before = list(warnings.filters)
    with guarded_reading(), guarded_reading():
        assert warnings.filters != before
    assert warnings.filters == before


def test_a_bombs_warning_is_an_error_while_reading() -> None:
    with pytest.raises(DimensionsExceededError), guarded_reading():
        warnings.warn("large", Image.DecompressionBombWarning, stacklevel=1)
