import io

import numpy as np
import pytest
from PIL import Image, ImageCms

from images.renditions import (
    RenditionSpec,
)
from tests.images.renditions.samples import picture, profile, psnr, rendered, saved


def test_wide_gamut_is_converted_and_not_merely_relabelled() -> None:
    plain = picture().resize((64, 64))
    content = saved(plain, "PNG", icc_profile=profile("p3"))
    made = rendered(content)
    expected = ImageCms.profileToProfile(
        plain,
        ImageCms.ImageCmsProfile(io.BytesIO(profile("p3"))),
        ImageCms.createProfile("sRGB"),
    )
    assert psnr(np.asarray(made), np.asarray(expected)) > 45
    assert psnr(np.asarray(made), np.asarray(plain)) < 35


def test_an_srgb_profile_changes_no_pixel() -> None:
    made = rendered(saved(picture(), "PNG", icc_profile=profile("srgb")))
    assert np.array_equal(np.asarray(made), np.asarray(picture()))


def test_cmyk_is_converted_by_its_profile() -> None:
    srgb = ImageCms.createProfile("sRGB")
    ink = ImageCms.ImageCmsProfile(io.BytesIO(profile("cmyk")))
    soft = picture().point(lambda value: 64 + value // 2)
    cmyk = ImageCms.profileToProfile(soft, srgb, ink, outputMode="CMYK")
    assert cmyk is not None
    made = rendered(saved(cmyk, "JPEG", quality=95, icc_profile=profile("cmyk")))
    assert made.mode == "RGB"
    assert psnr(np.asarray(made), np.asarray(soft)) > 28
    unmanaged = np.asarray(cmyk.convert("RGB"))
    assert psnr(np.asarray(made), np.asarray(soft)) > psnr(unmanaged, np.asarray(soft)) + 3


@pytest.mark.parametrize(
    "icc_profile", [b"no profile at all", b"\0" * 200, profile("srgb")[:200], profile("cmyk")]
)
def test_a_bad_or_foreign_profile_is_ignored(icc_profile: bytes) -> None:
    made = rendered(saved(picture(), "PNG", icc_profile=icc_profile))
    assert np.array_equal(np.asarray(made), np.asarray(picture()))


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_16_bit_grey_is_scaled(kind: str) -> None:
    values = np.linspace(0, 65_535, 80 * 60).reshape(60, 80).astype(np.uint16)
    made = rendered(saved(Image.fromarray(values), kind))
    assert made.mode == "L"
    assert np.abs(np.asarray(made, np.float64) - values / 257).max() <= 1


def test_floating_point_grey_is_scaled() -> None:
    values = np.linspace(0, 1, 80 * 60).reshape(60, 80).astype(np.float32)
    made = rendered(saved(Image.fromarray(values), "TIFF"))
    assert np.abs(np.asarray(made, np.float64) - values * 255).max() <= 1


def test_a_palette_is_filtered_as_colours() -> None:
    made = rendered(saved(picture().quantize(256), "PNG"), RenditionSpec(60, 60, format="png"))
    expected = picture().resize((60, 40), Image.Resampling.LANCZOS)
    assert made.mode == "RGB"
    assert psnr(np.asarray(made), np.asarray(expected)) > 30


def test_a_transparent_palette_keeps_its_alpha() -> None:
    image = picture().quantize(16)
    made = rendered(saved(image, "PNG", transparency=0))
    assert made.has_transparency_data
    alpha = np.asarray(made.convert("RGBA"))[..., 3]
    assert np.array_equal(alpha == 0, np.asarray(image) == 0)


def test_a_transparent_colour_keeps_its_alpha() -> None:
    image = Image.new("RGB", (10, 10), (255, 0, 0))
    image.paste((0, 255, 0), (0, 0, 5, 10))
    made = rendered(saved(image, "PNG", transparency=(0, 255, 0)))
    assert made.getpixel((0, 0)) == (0, 255, 0, 0)
    assert made.getpixel((9, 9)) == (255, 0, 0, 255)
