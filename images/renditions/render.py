"""The public way through the core: a file and some specs in, renditions out, one at a time."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from PIL import Image

from images.renditions.decode import Size, decode_each
from images.renditions.encode import encode
from images.renditions.limits import Limits
from images.renditions.probe import probe
from images.renditions.spec import RenditionSpec, plan_geometry


@dataclass(frozen=True, slots=True)
class Rendition:
    """One finished rendition: ``content`` is a whole file of ``width`` x ``height`` pixels."""

    spec: RenditionSpec
    width: int
    height: int
    mime: str
    content: bytes


def render_all(
    source: BinaryIO, specs: Sequence[RenditionSpec], limits: Limits
) -> Iterator[Rendition]:
    """Each distinct spec's rendition, from the largest to the smallest, as it is made.

    Every one is upright, sRGB and without metadata; an animation gives its first frame. Its
    bytes depend on the source and its spec alone, not on what else is asked for. The source is
    never enlarged, and must stay open and seekable meanwhile. Before the first rendition raises
    ``UnreadableImageError`` for the source and ``OutputTooLargeError`` for a spec that this
    source makes too large.
    """
    facts = probe(source, limits)
    plan: defaultdict[Size, defaultdict[Size, list[RenditionSpec]]]
    plan = defaultdict(lambda: defaultdict(list))
    for spec in dict.fromkeys(specs):
        geometry = plan_geometry(spec, facts.width, facts.height)
        plan[geometry.frame][geometry.size].append(spec)
    for frame, picture in decode_each(source, facts, plan, limits):
        for size in sorted(plan[frame], reverse=True):
            yield from _encodings(_centre(picture, size), plan[frame][size])


def _centre(image: Image.Image, size: Size) -> Image.Image:
    if image.size == size:
        return image
    left, top = (image.width - size[0]) // 2, (image.height - size[1]) // 2
    return image.crop((left, top, left + size[0], top + size[1]))


def _encodings(picture: Image.Image, specs: Sequence[RenditionSpec]) -> Iterator[Rendition]:
    # Boxes larger than the source come to one size, whose bytes are then made once.
    made: dict[tuple[str, int | None], bytes] = {}
    for spec in specs:
        key = spec.format, spec.quality
        if key not in made:
            made[key] = encode(picture, spec)
        yield Rendition(spec, picture.width, picture.height, spec.image_format.mime, made[key])


def render(source: BinaryIO, spec: RenditionSpec, limits: Limits) -> Rendition:
    """The rendition of one spec. Raises as ``render_all`` does."""
    return next(render_all(source, (spec,), limits))
