import io

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from images.renditions.stripping import stripped
from tests.images.renditions.samples import gps_exif, picture, pixels, png_chunk, saved

SECRET = b"what nobody may see"


def with_secret(kind: str) -> bytes:
    """A picture with EXIF, a comment where there are any, and bytes behind its end."""
    options: dict[str, object] = {"exif": gps_exif(1)}
    if kind == "PNG":
        options["pnginfo"] = info = PngImagePlugin.PngInfo()
        info.add_text("Comment", SECRET.decode())
    elif kind == "JPEG":
        options["comment"] = SECRET
    return saved(picture(64, 48), kind, **options) + SECRET


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_the_coded_pixels_come_along_and_nothing_else(kind: str) -> None:
    content = with_secret(kind)
    copy = stripped(content, kind.lower())
    assert copy is not None
    assert np.array_equal(pixels(copy), pixels(content))
    for trace in (SECRET, b"Exif", b"eXIf", b"EXIF", b"GPS"):
        assert trace not in copy
    assert not Image.open(io.BytesIO(copy)).getexif()


def test_the_alpha_of_a_webp_comes_along() -> None:
    content = saved(picture(64, 48, "RGBA"), "WEBP", quality=70)
    copy = stripped(content, "webp")
    assert copy is not None
    assert np.array_equal(pixels(copy, "RGBA"), pixels(content, "RGBA"))


def test_bytes_that_hide_behind_the_pixels_of_a_png_are_not_copied() -> None:
    content = saved(picture(16, 16), "PNG")
    hidden = content.replace(png_chunk(b"IEND"), png_chunk(b"IDAT", SECRET) + png_chunk(b"IEND"))
    assert hidden != content
    assert stripped(hidden, "png") is None


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_file_that_was_cut_is_not_copied(kind: str, share: float) -> None:
    content = saved(picture(64, 48), kind.upper())
    assert stripped(content[: int(share * len(content))], kind) is None


@pytest.mark.parametrize("name", ["gif", "tiff", "bmp", "avif", "heic"])
def test_other_formats_are_not_copied(name: str) -> None:
    assert stripped(b"anything", name) is None
