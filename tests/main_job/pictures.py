"""The reference that renditions are compared with: plain Pillow, the slow and obvious way."""

import io
from pathlib import Path

import numpy as np
from PIL import Image, ImageCms, ImageOps


def reference(photograph: Path, size: tuple[int, int]) -> Image.Image:
    """The photograph upright, in sRGB, on white, resized at once with LANCZOS."""
    with Image.open(photograph) as opened:
        icc = opened.info.get("icc_profile")
        image: Image.Image = ImageOps.exif_transpose(opened).copy()
    if icc:
        image = _in_srgb(image, icc)
    return on_white(image).resize(size, Image.Resampling.LANCZOS)


def _in_srgb(image: Image.Image, icc: bytes) -> Image.Image:
    profile = ImageCms.ImageCmsProfile(io.BytesIO(icc))
    converted = ImageCms.profileToProfile(image, profile, ImageCms.createProfile("sRGB"))
    assert converted is not None
    return converted


def on_white(image: Image.Image) -> Image.Image:
    """The picture as it looks on a white page."""
    if image.mode in {"RGBA", "LA", "PA", "P"}:
        layer = image.convert("RGBA")
        page = Image.new("RGBA", layer.size, "white")
        return Image.alpha_composite(page, layer).convert("RGB")
    return image.convert("RGB")


def psnr_db(one: Image.Image, other: Image.Image) -> float:
    """Peak signal-to-noise ratio of two pictures of one size, in decibels."""
    difference = np.asarray(one, dtype=np.float64) - np.asarray(other, dtype=np.float64)
    mean_square = float(np.mean(difference**2))
    return float("inf") if mean_square == 0 else 10 * float(np.log10(255**2 / mean_square))
