"""Each size made from the one above it, so that the full picture is filtered only once."""

from collections.abc import Callable, Collection, Iterator
from typing import Final

from PIL import Image

from images.renditions.spec import Geometry

REDUCING_GAP: Final = 2.0
"""How far above the target a coarse first reduction stops; on small pictures 2 costs nothing."""


def cascade(
    geometries: Collection[Geometry], decode_at: Callable[[tuple[int, int]], Image.Image]
) -> Iterator[tuple[Geometry, Image.Image]]:
    """Each distinct geometry with its picture, from the largest to the smallest.

    ``decode_at`` is called once, with the largest frame, for the picture at that size.
    """
    current: Image.Image | None = None
    for geometry in sorted(set(geometries), key=_largest_first):
        if current is None:
            current = decode_at(geometry.frame)
        elif current.size != geometry.frame:
            current = current.resize(
                geometry.frame, Image.Resampling.LANCZOS, reducing_gap=REDUCING_GAP
            )
        yield geometry, _centre(current, geometry.size)


def _largest_first(geometry: Geometry) -> tuple[int, ...]:
    return tuple(-side for side in (*geometry.frame, *geometry.size))


def _centre(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    if image.size == size:
        return image
    left, top = (image.width - size[0]) // 2, (image.height - size[1]) // 2
    return image.crop((left, top, left + size[0], top + size[1]))
