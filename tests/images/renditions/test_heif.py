"""Pictures of phones: HEIC files, drawn here."""

import io
import struct

import numpy as np
import pillow_heif
import pytest
from PIL import Image, ImageCms

from images.renditions import (
    CorruptImageError,
    DimensionsExceededError,
    RenditionSpec,
    TruncatedImageError,
    UnsupportedFormatError,
    probe,
    render,
)
from tests.images.renditions.samples import (
    LIMITS,
    WHOLE,
    gps_exif,
    heic,
    picture,
    pixels,
    profile,
    psnr,
)


def shown(content: bytes, mode: str = "RGB") -> np.ndarray:
    spec = RenditionSpec(500, 500, format="png")
    return pixels(render(io.BytesIO(content), spec, LIMITS).content, mode)


def drawn(image: Image.Image) -> np.ndarray:
    return np.asarray(image, np.float64)


def with_info(image: Image.Image, **info: object) -> Image.Image:
    image.info.update(info)
    return image


def test_heic_is_recognised_among_other_files_and_read() -> None:
    facts = probe(io.BytesIO(WHOLE["HEIC"]), LIMITS)
    assert (facts.format, facts.mime, facts.extension) == ("heic", "image/heic", "heic")
    assert (facts.width, facts.height, facts.frames, facts.has_alpha) == (48, 32, 1, False)


@pytest.mark.parametrize("brand", [b"heix", b"heim", b"hevc", b"mif1", b"msf1", b"MiHB"])
def test_every_brand_that_phones_and_cameras_write_is_heic(brand: bytes) -> None:
    content = WHOLE["HEIC"]
    other = content[:8] + brand + content[12:]
    assert probe(io.BytesIO(other), LIMITS).format == "heic"


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA"])
def test_its_pixels_are_the_pictures(mode: str) -> None:
    assert psnr(shown(heic(picture(mode=mode)), mode), drawn(picture(mode=mode))) > 35


def test_a_picture_of_tiles_is_one_picture() -> None:
    """Phones cut a picture into tiles of 512 pixels."""
    content = heic(picture(200, 140), tile_size=64)
    assert b"grid" in content
    assert psnr(shown(content), drawn(picture(200, 140))) > 35


@pytest.mark.parametrize("orientation", range(1, 9))
def test_it_is_turned_once(orientation: int) -> None:
    """The file says how to turn the picture, and its EXIF says it again."""
    content = heic(with_info(picture(), exif=gps_exif(orientation)))
    assert (b"irot" in content or b"imir" in content) is (orientation > 1)
    plain = io.BytesIO()
    picture().save(plain, "PNG", exif=gps_exif(orientation))
    assert psnr(shown(content), shown(plain.getvalue())) > 35
    facts = probe(io.BytesIO(content), LIMITS)
    assert (facts.width, facts.height) == ((80, 120) if orientation > 4 else (120, 80))


def test_the_colours_of_its_profile_become_srgb() -> None:
    p3 = ImageCms.ImageCmsProfile(io.BytesIO(profile("p3")))
    srgb = ImageCms.createProfile("sRGB")
    wanted = ImageCms.profileToProfile(
        picture(), p3, srgb, renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC
    )
    assert wanted is not None
    content = heic(with_info(picture(), icc_profile=profile("p3")), chroma=444, quality=100)
    assert psnr(shown(content), drawn(wanted)) > 38


def test_deep_colours_are_scaled() -> None:
    deep = np.asarray(picture()).astype("<u2") * 257
    file = pillow_heif.from_bytes("RGB;16", (120, 80), deep.tobytes())
    buffer = io.BytesIO()
    file.save(buffer, quality=90)
    assert pillow_heif.open_heif(buffer).info["bit_depth"] == 10
    assert psnr(shown(buffer.getvalue()), drawn(picture())) > 35


def test_of_several_pictures_the_primary_one_is_shown() -> None:
    content = heic(picture(64, 64, "L"), picture(), picture(96, 96, "L"), primary_index=1)
    facts = probe(io.BytesIO(content), LIMITS)
    assert (facts.width, facts.height, facts.frames) == (120, 80, 1)
    assert psnr(shown(content), drawn(picture())) > 35


def test_an_embedded_thumbnail_is_not_shown_for_the_picture() -> None:
    """Bytes of a rendition would depend on what a camera had put beside the picture."""
    plain = heic(picture(256, 256))
    with_thumbnail = heic(picture(256, 256), thumbnails=[64])
    spec = RenditionSpec(40, 40, format="png")
    both = [render(io.BytesIO(file), spec, LIMITS).content for file in (plain, with_thumbnail)]
    assert b"thmb" in with_thumbnail
    assert both[0] == both[1]


def test_metadata_stays_behind() -> None:
    content = heic(with_info(picture(), exif=gps_exif(), xmp=b"<x:xmpmeta>a secret</x:xmpmeta>"))
    for kind in ("jpeg", "png", "webp", "avif"):
        made = render(io.BytesIO(content), RenditionSpec(40, 40, format=kind), LIMITS).content
        assert b"a secret" not in made
        assert b"a maker to be removed" not in made


def test_a_huge_picture_of_which_little_is_shown_is_refused() -> None:
    """The shown size is 48 x 32, cut by ``clap`` from a coded size that all has to be decoded."""
    coded = b"ispe\0\0\0\0" + struct.pack(">II", 64, 64)
    large = b"ispe\0\0\0\0" + struct.pack(">II", 16_000, 16_000)
    huge = b"ispe\0\0\0\0" + struct.pack(">II", 20_000, 64)
    assert coded in WHOLE["HEIC"]
    with pytest.raises(DimensionsExceededError, match="20000 x 64"):
        probe(io.BytesIO(WHOLE["HEIC"].replace(coded, huge)), LIMITS)
    facts = probe(io.BytesIO(WHOLE["HEIC"].replace(coded, large)), LIMITS)
    assert facts.held_bytes == 3 * 16_000 * 16_000


@pytest.mark.parametrize(("item", "coding"), [(b"avc1", "AVC"), (b"j2k1", "JPEG 2000")])
def test_another_coding_in_the_same_container_is_named(item: bytes, coding: str) -> None:
    with pytest.raises(UnsupportedFormatError, match=coding):
        probe(io.BytesIO(WHOLE["HEIC"].replace(b"hvc1", item)), LIMITS)


def test_a_sequence_without_a_still_picture_is_named() -> None:
    content = WHOLE["HEIC"].replace(b"meta", b"moov")
    with pytest.raises(UnsupportedFormatError, match="sequence"):
        probe(io.BytesIO(content), LIMITS)


def test_a_still_picture_with_a_sequence_is_animated() -> None:
    content = WHOLE["HEIC"] + struct.pack(">I4s", 8, b"moov")
    assert probe(io.BytesIO(content), LIMITS).animated
    assert psnr(shown(content), drawn(picture(48, 32))) > 30


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
def test_a_file_that_is_cut_is_refused(share: float) -> None:
    content = WHOLE["HEIC"]
    with pytest.raises(TruncatedImageError):
        probe(io.BytesIO(content[: int(len(content) * share)]), LIMITS)


def test_damage_is_refused_when_it_is_met() -> None:
    content = WHOLE["HEIC"]
    start = content.index(b"mdat") + 4
    with pytest.raises(CorruptImageError):
        shown(content[:start] + b"\0" * (len(content) - start))
    with pytest.raises(CorruptImageError):
        probe(io.BytesIO(content.replace(b"ispe", b"free")), LIMITS)
