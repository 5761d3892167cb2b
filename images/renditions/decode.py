"""From a file to pixels, once, at the smallest scale that the largest rendition allows."""

from dataclasses import dataclass
from typing import BinaryIO, Final

from PIL import Image

from images.renditions.color import to_resizable, to_srgb
from images.renditions.formats import ImageFormat
from images.renditions.limits import Limits
from images.renditions.probe import ImageFacts
from images.renditions.reading import open_image, reading

REDUCING_GAP: Final = 1.0001
"""How far above the target a coarse first reduction stops; just above 1 is the fastest."""

_UPRIGHT_BY: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What makes the stored pixels upright, by EXIF orientation."""


@dataclass(frozen=True, slots=True)
class _Scaled:
    """Stored pixels, and the part of them (left, top, right, bottom) that is the picture."""

    image: Image.Image
    box: tuple[float, float, float, float]


def decode_at(
    file: BinaryIO, facts: ImageFacts, size: tuple[int, int], limits: Limits
) -> Image.Image:
    """The first frame at exactly ``size`` (upright pixels): upright, sRGB or grey, bare.

    A JPEG is shrunk while it is decoded, for which the reader must be given the exact size and
    not a square around it. The picture is turned and its colours are converted after the
    resize, when there is less of it. Raises ``UnreadableImageError``.
    """
    stored = (size[1], size[0]) if facts.is_turned else size
    with reading():
        scaled, icc_profile = _decode(file, facts.image_format, stored, limits)
        small = scaled.image.resize(
            stored, Image.Resampling.LANCZOS, box=scaled.box, reducing_gap=REDUCING_GAP
        )
        del scaled
        upright = _turn(small, facts.orientation)
        return _bare(to_srgb(upright, icc_profile))


def _decode(
    file: BinaryIO, image_format: ImageFormat, size: tuple[int, int], limits: Limits
) -> tuple[_Scaled, bytes | None]:
    source = open_image(file, image_format, limits)
    box: tuple[float, float, float, float] = (0, 0, *source.size)
    if drafted := source.draft(None, (int(size[0] * REDUCING_GAP), int(size[1] * REDUCING_GAP))):
        box = drafted[1]
    source.load()
    limits.check_dimensions(*source.size)
    return _Scaled(to_resizable(source), box), source.info.get("icc_profile")


def _turn(image: Image.Image, orientation: int) -> Image.Image:
    method = _UPRIGHT_BY.get(orientation)
    return image if method is None else image.transpose(method)


def _bare(image: Image.Image) -> Image.Image:
    """The pixels alone: encoders copy comments and profiles from what an image remembers."""
    image.info.clear()
    return image
