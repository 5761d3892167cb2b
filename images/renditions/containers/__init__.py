"""Walks over the structure of image files without decoding them, to refuse early and cheaply."""

from collections.abc import Callable, Mapping
from typing import Final

from images.renditions.containers import avif, bmp, gif, heic, jpeg, png, tiff, webp
from images.renditions.containers.cursor import Cursor, Layout

WALKS: Final[Mapping[str, Callable[[Cursor], Layout]]] = {
    "jpeg": jpeg.walk,
    "png": png.walk,
    "gif": gif.walk,
    "webp": webp.walk,
    "avif": avif.walk,
    "tiff": tiff.walk,
    "bmp": bmp.walk,
    "heic": heic.walk,
}
"""The walk of each format by its name; each raises an ``UnreadableImageError``."""

__all__ = ["WALKS", "Cursor", "Layout"]
