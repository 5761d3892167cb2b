"""Pixel layouts and colour: whatever a file holds becomes 8-bit sRGB, grey or either with alpha."""

import io
from functools import cache
from typing import Final, cast

from PIL import Image, ImageCms

from images.renditions.press import press_profile

_RESIZABLE: Final = frozenset({"L", "LA", "RGB", "RGBA", "CMYK"})
_SIXTEEN_BIT_MAX: Final = 65_535
_EIGHT_BIT_MAX: Final = 255
_PRIMARY_TOLERANCE: Final = 0.002
_INTENT: Final = ImageCms.Intent.RELATIVE_COLORIMETRIC
_SRGB: Final = ImageCms.createProfile("sRGB")
_LAB: Final = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
_DIRECTLY: Final = {"1": "L", "La": "LA", "RGBa": "RGBA"}
_SRGB_PRIMARIES: Final = ((0.6484, 0.3309), (0.3212, 0.5979), (0.1559, 0.0660))
"""The chromaticities of sRGB as its profiles hold them, adapted to D50."""

_SPACES: Final = {"RGB": "RGB", "RGBA": "RGB", "CMYK": "CMYK", "L": "GRAY", "LA": "GRAY"}
"""The colour space that a profile must describe to fit the pixels of a mode."""

_PROFILE_ERRORS: Final = (ImageCms.PyCMSError, OSError, ValueError, TypeError, AttributeError)


def to_resizable(image: Image.Image) -> Image.Image:
    """The picture in a mode that can be filtered: grey, RGB, either with alpha, or CMYK.

    CMYK stays, for its profile is applied after the resize. Deep grey is scaled to 8 bits.
    """
    if image.mode in {"P", "PA"} or "transparency" in image.info:
        return image.convert("RGBA" if image.has_transparency_data else "RGB")
    if image.mode in _RESIZABLE:
        return image
    if image.mode.startswith("I;16"):
        return _scale_grey(image.convert("I"), _SIXTEEN_BIT_MAX)
    if image.mode in {"I", "F"}:
        return _scale_grey(image, _white_of(image))
    if image.mode == "LAB":
        return _transform(image, _LAB, "RGB")
    usual = "RGBA" if image.has_transparency_data else "RGB"
    return image.convert(_DIRECTLY.get(image.mode, usual))


def to_srgb(image: Image.Image, icc_profile: bytes | None) -> Image.Image:
    """The picture in sRGB (or grey), by its profile when that fits and can be read.

    Inks without one are taken for those of offset printing on coated paper.
    """
    if icc_profile and (converted := _by_profile(image, icc_profile)) is not None:
        return converted
    if image.mode == "CMYK":
        return cast("Image.Image", ImageCms.applyTransform(image, _from_press()))
    return image


@cache
def _from_press() -> ImageCms.ImageCmsTransform:
    return ImageCms.buildTransform(
        ImageCms.ImageCmsProfile(io.BytesIO(press_profile())),
        _SRGB,
        "CMYK",
        "RGB",
        renderingIntent=_INTENT,
        flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )


def _by_profile(image: Image.Image, icc_profile: bytes) -> Image.Image | None:
    """The converted picture, or None when the profile is sRGB's, unfit or unreadable."""
    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(icc_profile))
        space = profile.profile.xcolor_space.strip()
        if space != _SPACES[image.mode] or _is_srgb(profile):
            return None
        if image.mode == "LA":
            grey, alpha = image.split()
            converted = _transform(grey, profile, "RGB")
            converted.putalpha(alpha)
            return converted
        return _transform(image, profile, "RGBA" if image.mode == "RGBA" else "RGB")
    except _PROFILE_ERRORS:  # the profile comes from the file, and the pixels are fine without it
        return None


def _transform(image: Image.Image, profile: ImageCms.ImageCmsProfile, mode: str) -> Image.Image:
    converted = ImageCms.profileToProfile(
        image,
        profile,
        _SRGB,
        renderingIntent=_INTENT,
        outputMode=mode,
        flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )
    return cast("Image.Image", converted)  # None only when it works in place


def _is_srgb(profile: ImageCms.ImageCmsProfile) -> bool:
    """Whether a profile is sRGB by name and by primaries, so that converting changes nothing."""
    core = profile.profile
    if "srgb" not in (core.profile_description or "").lower():
        return False
    primaries = (core.red_primary, core.green_primary, core.blue_primary)
    return all(
        primary is not None
        and abs(primary[1][0] - x) < _PRIMARY_TOLERANCE
        and abs(primary[1][1] - y) < _PRIMARY_TOLERANCE
        for primary, (x, y) in zip(primaries, _SRGB_PRIMARIES, strict=True)
    )


def _scale_grey(image: Image.Image, white: float) -> Image.Image:
    """Deep grey in 8 bits, where ``white`` becomes 255."""
    factor = _EIGHT_BIT_MAX / white
    return image.point(lambda value: value * factor + 0.5).convert("L")


def _white_of(image: Image.Image) -> float:
    """The value that means white: a full range of 1, 8 or 16 bits, else the brightest there is."""
    extrema = cast("tuple[float, float]", image.getextrema())
    brightest = extrema[1]
    if image.mode == "F" and brightest <= 1:
        return 1.0
    if brightest <= _EIGHT_BIT_MAX:
        return float(_EIGHT_BIT_MAX)
    return float(max(_SIXTEEN_BIT_MAX, brightest))
