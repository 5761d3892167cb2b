"""The public way through the core: a file and some specs in, renditions out, one at a time."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import BinaryIO

from PIL import Image

from images.renditions import cost
from images.renditions.content import content_of
from images.renditions.decoding import Size, decode_each, handed_out
from images.renditions.encoding import encode
from images.renditions.fallback import JUDGED, PixelFacts, pixel_facts_of
from images.renditions.limits import Limits
from images.renditions.no_larger import Original
from images.renditions.probing import ImageFacts, probe
from images.renditions.spec import RenditionSpec, plan_geometry

Picture = tuple[Size, Image.Image]
Plan = Mapping[Size, Mapping[Size, list[RenditionSpec]]]
"""The specs by the size of the whole picture, and then by what is cut out of it."""


@dataclass(frozen=True, slots=True)
class RenderedFile:
    """One finished rendition: ``content`` is a whole file of ``width`` x ``height`` pixels.

    ``is_complete`` is false when pixels of the original were missing or damaged.
    """

    spec: RenditionSpec
    width: int
    height: int
    mime: str
    content: bytes
    is_complete: bool


Replan = Callable[[PixelFacts], Sequence[RenditionSpec]]


def render_all(
    source: BinaryIO, specs: Sequence[RenditionSpec], limits: Limits, replan: Replan | None = None
) -> Iterator[RenderedFile]:
    """Each distinct spec's rendition, from the largest to the smallest, as it is made.

    Every one is upright, sRGB and without metadata; an animation gives its first frame. Its
    bytes depend on the source and its spec alone, not on what else is asked for. The source is
    never enlarged, and must stay open and seekable meanwhile. ``replan`` is called with what the
    pixels are before the first is encoded, and gives the specs to make in place of ``specs``: some
    or all of the same sizes, in formats of its choice. Before the first rendition raises
    ``UnreadableImageError`` for the source and ``OutputTooLargeError`` for a spec that this
    source makes too large.
    """
    # Probed anew, although it was probed when it arrived: limits may be lower than they were then,
    # and whoever can write to the store could otherwise hand any file to a decoder.
    facts = probe(source, limits)
    limits.check_memory(cost.bytes_needed(facts, specs))
    plan, original = _plan(specs, facts), Original(source, facts, limits)
    if replan is None:
        pictures = decode_each(source, facts, plan, limits)
    else:
        judged = plan_geometry(JUDGED, facts.width, facts.height).frame
        pictures = decode_each(source, facts, {*plan, judged}, limits)
        # The picture that is judged need not be the first; those before it wait for the new plan.
        held = list(_until(judged, pictures))
        plan = _plan(replan(pixel_facts_of(held[-1][1])), facts)
        pictures = chain(handed_out(held), pictures)
    for frame, picture in pictures:
        for size in sorted(plan.get(frame, ()), reverse=True):
            yield from _encodings(_centre(picture, size), plan[frame][size], original, facts)


def _plan(specs: Sequence[RenditionSpec], facts: ImageFacts) -> Plan:
    plan: defaultdict[Size, defaultdict[Size, list[RenditionSpec]]]
    plan = defaultdict(lambda: defaultdict(list))
    for spec in dict.fromkeys(specs):
        geometry = plan_geometry(spec, facts.width, facts.height)
        plan[geometry.frame][geometry.size].append(spec)
    return plan


def _until(frame: Size, pictures: Iterator[Picture]) -> Iterator[Picture]:
    for picture in pictures:
        yield picture
        if picture[0] == frame:
            return


def _centre(image: Image.Image, size: Size) -> Image.Image:
    if image.size == size:
        return image
    left, top = (image.width - size[0]) // 2, (image.height - size[1]) // 2
    return image.crop((left, top, left + size[0], top + size[1]))


def _encodings(
    picture: Image.Image, specs: Sequence[RenditionSpec], original: Original, facts: ImageFacts
) -> Iterator[RenderedFile]:
    # Boxes larger than the source come to one size, whose bytes are then made once. The key is the
    # spec without its box: a key of chosen fields would miss the next operation that is added, and
    # hand out the bytes of a picture without it.
    made: dict[RenditionSpec, bytes] = {}
    content = content_of(picture)
    is_complete = facts.decoding.is_complete is not False
    for spec in specs:
        key = spec.unboxed()
        if key not in made:
            file = encode(picture, spec, content)
            if is_complete:  # what is missing from the original, it is not given for
                file = original.no_larger(file, picture, spec, content)
            made[key] = file
        mime, size = spec.image_format.mime, picture.size
        yield RenderedFile(spec, *size, mime, made[key], is_complete)


def render(source: BinaryIO, spec: RenditionSpec, limits: Limits) -> RenderedFile:
    """The rendition of one spec. Raises as ``render_all`` does."""
    return next(render_all(source, (spec,), limits))
