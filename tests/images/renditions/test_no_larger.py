"""A rendition of its original's size and format is no larger, and brings nothing else along."""

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from images.renditions import RenditionSpec, no_larger, pipeline, render
from images.renditions.stripping import stripped
from tests.images.renditions.samples import (
    LIMITS,
    Toned,
    encode_toned,
    gps_exif,
    photograph,
    pixels,
    png_chunk,
    profile,
    psnr,
    saved,
)

XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/">an author to be removed</x:xmpmeta>'
TRAILER = b"a trailer to be removed"
SECRETS = (b"to be removed", b"xmpmeta", b"Exif", b"GPS", b"ICC_PROFILE", b"iCCP", b"MPF")


def small() -> Image.Image:
    return Image.open(photograph("mountains.jpg")).convert("RGB").resize((240, 180))


def noted(image: Image.Image, kind: str, orientation: int = 1, **options: Any) -> bytes:
    """A file with all kinds of metadata and something behind its end."""
    marks: dict[str, Any] = {"exif": gps_exif(orientation), "icc_profile": profile("srgb")}
    if kind == "PNG":
        text = PngImagePlugin.PngInfo()
        text.add_itxt("XML:com.adobe.xmp", XMP.decode())
        text.add_text("Comment", "a comment to be removed")
        marks["pnginfo"] = text
    else:
        marks["xmp"] = XMP
    if kind in {"JPEG", "MPO"}:
        marks["comment"] = b"a comment to be removed"
    return saved(image, kind, **marks, **options) + TRAILER


def noise(mode: str = "RGB") -> Image.Image:
    values = np.random.default_rng(1).integers(0, 16, (60, 80), np.uint8)
    image = Image.fromarray(values * 16)
    return image.quantize(16) if mode == "P" else image.convert(mode)


FILES = {
    "JPEG": ("jpeg", noted(small(), "JPEG", quality=40)),
    "progressive JPEG": ("jpeg", noted(small(), "JPEG", quality=40, progressive=True)),
    "grey JPEG": ("jpeg", noted(small().convert("L"), "JPEG", quality=30)),
    "JPEG in RGB": ("jpeg", noted(small(), "JPEG", quality=10, keep_rgb=True)),
    "restarts": ("jpeg", noted(small(), "JPEG", quality=40, restart_marker_rows=1)),
    "two pictures": (
        "jpeg",
        noted(small(), "MPO", quality=40, save_all=True, append_images=[small().resize((60, 45))]),
    ),
    "palette PNG": ("png", noted(noise("P"), "PNG", bits=4)),
    "WEBP": ("webp", noted(small(), "WEBP", quality=20)),
    "WEBP with alpha": ("webp", noted(small().convert("RGBA"), "WEBP", quality=20)),
    "lossless WEBP": ("webp", noted(noise(), "WEBP", lossless=True, quality=100, method=6)),
}


def kept(image_format: str, content: bytes) -> bytes:
    return render(
        io.BytesIO(content), RenditionSpec(format=image_format, quality=95), LIMITS
    ).content


@pytest.mark.parametrize("kind", FILES)
def test_what_would_be_larger_becomes_the_coded_pixels_alone(kind: str) -> None:
    image_format, original = FILES[kind]
    made = kept(image_format, original)
    assert len(made) < len(original)
    assert np.array_equal(pixels(made), pixels(original))
    assert not [secret for secret in SECRETS if secret in made]
    info = Image.open(io.BytesIO(made)).info
    assert not info.keys() & {"exif", "xmp", "XML:com.adobe.xmp", "icc_profile", "comment", "mp"}


def test_another_operation_is_never_answered_with_the_pixels_of_the_original(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pipeline, "encode", encode_toned)
    monkeypatch.setattr(no_larger, "encode", encode_toned)
    original = saved(small(), "JPEG", quality=40)
    toned = Toned(format="jpeg", quality=95, tone="sepia")
    made = render(io.BytesIO(original), toned, LIMITS).content
    assert len(made) <= len(original)
    assert psnr(pixels(made), 255 - pixels(original)) > 30
    untoned = render(io.BytesIO(original), Toned(format="jpeg", quality=95), LIMITS).content
    assert psnr(pixels(untoned), pixels(original)) > 30


@pytest.mark.parametrize("kind", FILES)
def test_a_copy_of_a_copy_is_the_same(kind: str) -> None:
    image_format, original = FILES[kind]
    copy = stripped(original, image_format)
    assert copy is not None
    assert stripped(copy, image_format) == copy


@pytest.mark.parametrize(("kind", "image_format"), [("JPEG", "jpeg"), ("WEBP", "webp")])
def test_a_turned_or_wide_picture_is_made_smaller_by_its_quality(
    kind: str, image_format: str
) -> None:
    turned = noted(small(), kind, orientation=6, quality=40)
    wide = saved(small(), kind, quality=40, icc_profile=profile("p3"))
    for original in (turned, wide):
        made = kept(image_format, original)
        assert len(made) <= len(original)
        assert not [secret for secret in SECRETS if secret in made]
    assert Image.open(io.BytesIO(kept(image_format, turned))).size == (180, 240)


def test_avif_is_made_smaller_by_its_quality() -> None:
    original = saved(small(), "AVIF", quality=30)
    assert len(kept("avif", original)) <= len(original)


def test_a_quality_that_is_smaller_is_given_as_asked() -> None:
    original = saved(small(), "JPEG", quality=95)
    spec = RenditionSpec(format="jpeg", quality=20)
    made = render(io.BytesIO(original), spec, LIMITS).content
    assert psnr(pixels(made), pixels(original)) < 40
    assert len(made) < len(original) / 3


def test_another_size_or_format_may_be_larger() -> None:
    original = saved(small(), "JPEG", quality=20)
    assert len(kept("webp", original)) > len(original)


def test_png_with_something_behind_its_pixels_is_not_copied() -> None:
    whole = saved(noise("P"), "PNG", bits=4)
    at = whole.index(b"IDAT") - 4
    hidden = whole[:at] + whole[at:].replace(
        whole[-12:], png_chunk(b"IDAT", b"pixels to be removed") + whole[-12:]
    )
    assert stripped(whole, "png") is not None
    assert stripped(hidden, "png") is None
    assert b"to be removed" not in kept("png", hidden)


@pytest.mark.parametrize("kind", ["JPEG", "palette PNG", "WEBP"])
def test_damage_is_never_copied_with_an_exception(kind: str) -> None:
    image_format, original = FILES[kind]
    for end in range(0, len(original) - len(TRAILER), 37):
        stripped(original[:end], image_format)
