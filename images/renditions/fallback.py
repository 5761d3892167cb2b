"""The format beside WebP that a picture is kept in, by what its pixels are."""

from dataclasses import dataclass
from typing import Final

from PIL import Image

from images.renditions.content import content_of
from images.renditions.encoding import encode
from images.renditions.probing import ImageFacts
from images.renditions.spec import PRESETS

JUDGED: Final = max(PRESETS.values(), key=lambda preset: preset.side).spec("png")
"""The picture is judged at this size, whatever is asked for, so that the answer is the image's."""


@dataclass(frozen=True, slots=True)
class PixelFacts:
    """What is known once a picture has been decoded.

    ``has_alpha`` is whether any pixel is transparent; ``fallback`` is the format of presets that
    every program reads, ``jpeg`` or ``png``.
    """

    has_alpha: bool
    fallback: str


def fallback_of(facts: ImageFacts) -> str | None:
    """What the header alone settles: the pixels of a JPEG are what JPEG holds; None otherwise."""
    return "jpeg" if facts.format == "jpeg" else None


def pixel_facts_of(image: Image.Image) -> PixelFacts:
    """The facts of a decoded picture at the size of ``JUDGED``.

    PNG where something is transparent, and where a drawn picture is exact in fewer bytes than
    JPEG needs for less.
    """
    content = content_of(image)
    if content.has_alpha:
        return PixelFacts(has_alpha=True, fallback="png")
    if not content.is_flat:
        return PixelFacts(has_alpha=False, fallback="jpeg")
    exact = encode(image, JUDGED, content)
    lossy = encode(image, JUDGED.in_format("jpeg"), content)
    return PixelFacts(has_alpha=False, fallback="png" if len(exact) <= len(lossy) else "jpeg")
