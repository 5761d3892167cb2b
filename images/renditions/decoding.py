"""From a file to pixels: decoded as few times as its sizes allow, and resized once for each."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import BinaryIO, Final

from PIL import Image

from images.renditions.color import to_resizable, to_srgb
from images.renditions.counted import load
from images.renditions.draft import draft_scale
from images.renditions.errors import TruncatedImageError
from images.renditions.limits import Limits
from images.renditions.probing import ImageFacts
from images.renditions.reading import guarded_reading, open_image

Size = tuple[int, int]

REDUCING_GAP: Final = 2.0
"""How far above the target a coarse first reduction stops; 48 dB against none at all."""

SMALL_SIDE: Final = 256
SMALL_REDUCING_GAP: Final = 3.0
"""The same for longest sides up to ``SMALL_SIDE``, where 2 falls to 41 dB and 3 costs little."""

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

_OPAQUE: Final = 255
_PREMULTIPLIED: Final = {"LA": "La", "RGBA": "RGBa"}
_STRAIGHT: Final = {"La": "LA", "RGBa": "RGBA"}


@dataclass(slots=True)
class _Decoded:
    """Stored pixels, the part of them (left, top, right, bottom) that is the picture, its profile.

    ``image`` is straight until the first resize premultiplies it, once for all of them.
    """

    image: Image.Image
    box: tuple[float, float, float, float]
    icc_profile: bytes | None

    def resized(self, size: Size) -> Image.Image:
        """The picture at ``size``; a size that it has costs no pixel anything."""
        if (0, 0, *size) == self.box and self.image.size == size:
            return self.image.copy()
        if self.image.mode in _PREMULTIPLIED:
            self.image = self.image.convert(_PREMULTIPLIED[self.image.mode])
        gap = SMALL_REDUCING_GAP if max(size) <= SMALL_SIDE else REDUCING_GAP
        made = self.image.resize(size, Image.Resampling.LANCZOS, box=self.box, reducing_gap=gap)
        return made.convert(_STRAIGHT[made.mode]) if made.mode in _STRAIGHT else made


def decode_at(file: BinaryIO, facts: ImageFacts, size: Size, limits: Limits) -> Image.Image:
    """The first frame at exactly ``size``; as ``decode_each`` for one size."""
    return next(decode_each(file, facts, (size,), limits))[1]


def decode_each(
    file: BinaryIO, facts: ImageFacts, sizes: Collection[Size], limits: Limits
) -> Iterator[tuple[Size, Image.Image]]:
    """The first frame at exactly each of ``sizes`` (upright pixels), the largest first.

    Upright, sRGB or grey, bare. Each is made by one resize from a decoded picture whose scale
    depends on the source and that size alone, so what else is asked for changes no pixel. The
    sizes of one scale are all made before the first is handed out, so that the caller never
    works beside the decoded picture. Pixels that are missing or damaged are shown as what the
    decoder made of them, and reported by ``facts.decoding``, unless the limits refuse that.
    Raises ``UnreadableImageError``.
    """
    upright = facts.width, facts.height

    def scale_of(size: Size) -> int:
        return draft_scale(upright, size) if facts.format == "jpeg" else 1

    largest_first = sorted(set(sizes), reverse=True)
    for scale, group in groupby(sorted(largest_first, key=scale_of), key=scale_of):
        yield from _pictures(file, facts, list(group), scale, limits)


def _pictures(
    file: BinaryIO, facts: ImageFacts, sizes: list[Size], scale: int, limits: Limits
) -> Iterator[tuple[Size, Image.Image]]:
    with guarded_reading():
        decoded = _decode(file, facts, scale, limits)
        made = [(size, _at_size(decoded, facts, size)) for size in sizes]
    # A generator that is asked for the next size much later would hold the largest buffer so long.
    del decoded
    yield from handed_out(made)


def handed_out(held: list[tuple[Size, Image.Image]]) -> Iterator[tuple[Size, Image.Image]]:
    """Each in turn, and then no longer held."""
    held.reverse()
    while held:
        yield held.pop()


def _decode(file: BinaryIO, facts: ImageFacts, scale: int, limits: Limits) -> _Decoded:
    source = open_image(file, facts.image_format, limits, facts.layout)
    box: tuple[float, float, float, float] = (0, 0, *source.size)
    wanted = max(1, source.width // scale), max(1, source.height // scale)
    if scale > 1 and (drafted := source.draft(None, wanted)):
        box = drafted[1]
    source.info.pop("xmp", None)  # by which Pillow would turn a TIFF; the facts have it
    facts.decoding.is_complete = load(source, facts.layout)
    if limits.refuse_incomplete and not facts.decoding.is_complete:
        raise TruncatedImageError("Pixels of the picture are missing or damaged.")
    limits.check_dimensions(*source.size)  # a frame outside its canvas has made it larger
    return _Decoded(_without_idle_alpha(to_resizable(source)), box, source.info.get("icc_profile"))


def _without_idle_alpha(image: Image.Image) -> Image.Image:
    """Without an alpha channel that is opaque everywhere: it is no transparency, only bytes."""
    if image.mode not in {"LA", "RGBA"} or image.getchannel("A").getextrema()[0] != _OPAQUE:
        return image
    return image.convert(image.mode[:-1])


def _at_size(decoded: _Decoded, facts: ImageFacts, size: Size) -> Image.Image:
    """Turned and converted after the resize, when there is less of it."""
    stored = (size[1], size[0]) if facts.is_turned else size
    image = _turn(decoded.resized(stored), facts.orientation)
    return _bare(to_srgb(image, decoded.icc_profile))


def _turn(image: Image.Image, orientation: int) -> Image.Image:
    method = _UPRIGHT_BY.get(orientation)
    return image if method is None else image.transpose(method)


def _bare(image: Image.Image) -> Image.Image:
    """The pixels alone: encoders copy comments and profiles from what an image remembers."""
    image.info.clear()
    return image
