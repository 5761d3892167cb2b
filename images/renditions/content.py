"""What the pixels of a picture are like: cheap, deterministic measures that encoders choose by.

Every eighth row is looked at, for neighbours in a row say enough. ADR 46 has the measurements
that the thresholds come from.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Final

from PIL import Image, ImageChops

ROW_STEP: Final = 8
STRONG_CHROMA: Final = 40
"""A difference of Cb or Cr between neighbours, of 255, that half the chroma would smear."""

CHROMA_EDGES_FROM: Final = 0.004
CHROMA_HEAVY_FROM: Final = 0.05
FLAT_FROM: Final = 0.4


@dataclass(frozen=True)
class Content:
    """Measures of one picture: shares (0 to 1) of neighbouring pixels in the sampled rows.

    ``flatness`` is the share that are equal, ``chroma_edges`` that differ strongly in colour.
    """

    has_alpha: bool
    flatness: float
    chroma_edges: float

    @cached_property
    def is_flat(self) -> bool:
        """Whether it may be drawn, so that a lossless file could be the smaller one."""
        return self.flatness >= FLAT_FROM or self.is_chroma_heavy

    @property
    def has_chroma_edges(self) -> bool:
        """Whether colours are to be stored at full resolution, as no photograph seen needs."""
        return self.chroma_edges >= CHROMA_EDGES_FROM

    @property
    def is_chroma_heavy(self) -> bool:
        """Whether halved colours would make it illegible, as red text on blue."""
        return self.chroma_edges >= CHROMA_HEAVY_FROM


def content_of(image: Image.Image) -> Content:
    """The measures of ``image`` (L, LA, RGB or RGBA, 8 bits)."""
    has_alpha = image.mode in {"LA", "RGBA"}
    height = -(-image.height // ROW_STEP)
    rows = image.convert("RGB") if image.height < ROW_STEP else _rows(image, height)
    if rows.width == 1:
        return Content(has_alpha, 0.0, 0.0)
    left = rows.crop((0, 0, rows.width - 1, rows.height))
    right = rows.crop((1, 0, rows.width, rows.height))
    equal = _largest(ImageChops.difference(left, right)).histogram()
    _, cb, cr = ImageChops.difference(left.convert("YCbCr"), right.convert("YCbCr")).split()
    chroma = ImageChops.lighter(cb, cr).histogram()
    pairs = left.width * left.height
    return Content(has_alpha, equal[0] / pairs, sum(chroma[STRONG_CHROMA:]) / pairs)


def _rows(image: Image.Image, height: int) -> Image.Image:
    return image.resize((image.width, height), Image.Resampling.NEAREST).convert("RGB")


def _largest(image: Image.Image) -> Image.Image:
    first, second, third = image.split()
    return ImageChops.lighter(ImageChops.lighter(first, second), third)
