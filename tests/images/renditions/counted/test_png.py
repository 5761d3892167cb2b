import io
import zlib

import pytest
from PIL import Image, ImageFile

from images.renditions.containers import WALKS, Cursor
from images.renditions.counted import load
from tests.images.renditions.samples import LIMITS, PNG_SIGNATURE, png_chunk, png_header


def grey(width: int, rows: int, *, height: int = 8) -> bytes:
    """A PNG that says ``height`` and whose stream ends well after ``rows``."""
    stream = zlib.compress((b"\0" + b"\x80" * width) * rows)
    parts = png_header(width, height), png_chunk(b"IDAT", stream), png_chunk(b"IEND")
    return PNG_SIGNATURE + b"".join(parts)


def loaded(content: bytes) -> tuple[bool, Image.Image]:
    image = Image.open(io.BytesIO(content))
    assert isinstance(image, ImageFile.ImageFile)
    return load(image, WALKS["png"](Cursor(io.BytesIO(content), LIMITS))), image


@pytest.mark.parametrize("width", [1, 63, 64, 200])
@pytest.mark.parametrize("rows", [1, 7, 8])
def test_rows_are_counted_in_narrow_and_in_wide_pictures(width: int, rows: int) -> None:
    is_complete, image = loaded(grey(width, rows))
    assert is_complete is (rows == 8)
    last = [image.getpixel((x, 7)) for x in range(width)]
    assert last == [128 if rows == 8 else 0] * width, "no mark of ours is left in the picture"
