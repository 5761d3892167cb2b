"""The public way through the core: a file and some specs in, renditions out, one at a time."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from PIL import Image

from images.renditions.cascade import cascade
from images.renditions.decode import decode_at
from images.renditions.encode import encode
from images.renditions.limits import Limits
from images.renditions.probe import probe
from images.renditions.spec import Geometry, RenditionSpec, plan_geometry


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

    Every one is upright, sRGB and without metadata; an animation gives its first frame. The
    source is decoded once, is never enlarged, and must stay open and seekable meanwhile.
    Before the first rendition raises ``UnreadableImageError`` for the source and
    ``OutputTooLargeError`` for a spec that this source makes too large; later it raises
    neither.
    """
    facts = probe(source, limits)
    plan: defaultdict[Geometry, list[RenditionSpec]] = defaultdict(list)
    for spec in dict.fromkeys(specs):
        plan[plan_geometry(spec, facts.width, facts.height)].append(spec)

    def picture_at(size: tuple[int, int]) -> Image.Image:
        return decode_at(source, facts, size, limits)

    for geometry, picture in cascade(plan, picture_at):
        yield from _encodings(picture, plan[geometry])


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
