"""Sound files that use what is not read: refused by the name of it, from their headers alone."""

import io
import struct

import numpy as np
import pytest
from PIL import Image, ImageCms

from images.renditions import RenditionSpec, UnsupportedFeatureError, probe, render
from tests.images.renditions.samples import LIMITS, WHOLE, picture, pixels, psnr, saved


def tiff(**tags: object) -> bytes:
    """The small picture as TIFF with some tags changed, named as t258 for BitsPerSample."""
    return saved(picture(48, 32), "TIFF", tiffinfo={int(k[1:]): v for k, v in tags.items()})


def patched(tag: int, value: int) -> bytes:
    """The small picture as TIFF with the first value of a tag overwritten."""
    content = bytearray(WHOLE["TIFF"])
    start = struct.unpack_from("<I", content, 4)[0]
    for at in range(start + 2, start + 2 + 12 * struct.unpack_from("<H", content, start)[0], 12):
        if struct.unpack_from("<H", content, at)[0] == tag:
            struct.pack_into("<H", content, at + 8, value)
            return bytes(content)
    raise AssertionError(tag)


def jpeg_with(marker: int, depth: int = 8) -> bytes:
    frame = WHOLE["JPEG"].index(b"\xff\xc0\x00\x11\x08")
    head = bytes((0xFF, marker, 0, 0x11, depth))
    return WHOLE["JPEG"][:frame] + head + WHOLE["JPEG"][frame + 5 :]


def bmp_with(depth: int, compression: int) -> bytes:
    return WHOLE["BMP"][:28] + struct.pack("<HI", depth, compression) + WHOLE["BMP"][34:]


@pytest.mark.parametrize(
    ("content", "feature"),
    [
        (patched(259, 34712), "JPEG 2000 in TIFF"),
        (patched(259, 50001), "WebP in TIFF"),
        (patched(259, 50002), "JPEG XL in TIFF"),
        (patched(259, 34887), "LERC in TIFF"),
        (patched(259, 60000), "compression 60000 in TIFF"),
        (patched(262, 32803), "raw sensor pixels (CFA) in TIFF"),
        (patched(262, 32845), "LogLuv in TIFF"),
        (patched(262, 6), "subsampled YCbCr without compression in TIFF"),
        (tiff(t339=(3, 3, 3)), "floating-point RGB samples in TIFF"),
        (tiff(t339=(2, 2, 2)), "signed RGB samples in TIFF"),
        (jpeg_with(0xC3), "lossless JPEG"),
        (jpeg_with(0xC9), "arithmetic coding in JPEG"),
        (jpeg_with(0xC5), "hierarchical JPEG"),
        (jpeg_with(0xC1, depth=12), "JPEG with 12 bits a sample"),
        (bmp_with(24, 4), "JPEG in BMP"),
        (bmp_with(24, 5), "PNG in BMP"),
        (bmp_with(2, 0), "BMP of 2 bits a pixel"),
    ],
)
def test_what_is_not_read_is_refused_by_its_name(content: bytes, feature: str) -> None:
    with pytest.raises(UnsupportedFeatureError) as refusal:
        probe(io.BytesIO(content), LIMITS)
    assert refusal.value.code == "unsupported_feature"
    assert refusal.value.feature == feature
    assert feature in str(refusal.value)


def test_lab_pixels_are_converted() -> None:
    srgb, lab = ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")
    drawn = picture(48, 32)
    converted = ImageCms.profileToProfile(drawn, srgb, lab, outputMode="LAB")
    assert isinstance(converted, Image.Image)
    made = render(io.BytesIO(saved(converted, "TIFF")), RenditionSpec(format="png"), LIMITS)
    assert made.is_complete
    assert psnr(pixels(made.content), np.asarray(drawn, np.float64)) > 35


def test_run_length_codes_may_end_early_on_purpose() -> None:
    palette = b"\xff\0\0\0" + b"\0\xff\0\0" * 255
    codes = b"\4\1" + b"\0\0" + b"\0\1"  # four pixels, end of line, end of picture
    head = struct.pack("<IiiHHIIiiII", 40, 4, 3, 1, 8, 1, len(codes), 0, 0, 256, 0)
    start = 14 + len(head) + len(palette)
    file = struct.pack("<2sIHHI", b"BM", start + len(codes), 0, 0, start)
    content = file + head + palette + codes
    assert render(io.BytesIO(content), RenditionSpec(format="png"), LIMITS).is_complete
    cut = render(io.BytesIO(content[:-2]), RenditionSpec(format="png"), LIMITS)
    assert not cut.is_complete
