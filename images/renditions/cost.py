"""The memory that renditions of a picture take at their peak, estimated from its header.

Figures are bytes for each pixel, a little above what was measured; tests/images/renditions/
test_cost.py measures them again. Time needs no bound of its own: it grows with the same pixels, and
the scans of a JPEG, each of which passes over all of them, are counted where they are met.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Final, Protocol

from images.renditions.draft import draft_scale
from images.renditions.spec import PRESETS, Geometry, RenditionSpec, plan_geometry

FIXED_BYTES: Final = 32_000_000
"""Tables, stacks and buffers that no picture is too small for."""

_PIXEL: Final = 4
"""Pillow keeps colours, with or without alpha, in four bytes."""

_CONVERTED: Final = {
    "1": (2, 1),
    "L": (1, 1),
    "I;16": (11, 1),
    "I;16B": (11, 1),
    "I;16L": (11, 1),
    "I": (9, 1),
    "F": (9, 1),
    "P": (5, 4),
    "RGB": (4, 4),
    "CMYK": (4, 4),
}
"""By Pillow's mode: at most while pixels become grey or colours that can be filtered, and then."""

_ANY_MODE: Final = (9, 4)
_WITH_ALPHA: Final = (8, 4)
"""Pixels with alpha are copied once more, multiplied by it."""

_COPIED: Final = frozenset({"webp", "heic", "avif"})
"""Formats whose readers hand whole pictures to Pillow, which copies them."""

_CANVASES: Final = {"webp": 8}
"""What such a reader holds of its own until it has handed the picture over: two canvases."""

_ENCODER: Final = {"jpeg": 10, "png": 5, "webp": 32, "avif": 62}
"""What an encoder takes at most for each pixel that it writes: WebP without loss or with alpha,
AVIF and JPEG with all of their colours."""


class Source(Protocol):
    """What the estimate asks of a picture; ``ImageFacts`` has it all.

    ``held_bytes`` is what the decoder holds of the whole picture at its full size, whatever
    scale is decoded: coefficients of a progressive JPEG, planes of AVIF and HEIC.
    """

    @property
    def format(self) -> str:
        """Our name for it."""

    @property
    def width(self) -> int:
        """Upright pixels."""

    @property
    def height(self) -> int:
        """Upright pixels."""

    @property
    def mode(self) -> str:
        """Pillow's name for the layout of its pixels."""

    @property
    def has_alpha(self) -> bool:
        """Whether it may be transparent."""

    @property
    def held_bytes(self) -> int:
        """See above."""


@dataclass(frozen=True, slots=True)
class KnownSource:
    """A picture of which a row tells what it tells; the rest is as most pictures have it."""

    format: str
    width: int
    height: int
    has_alpha: bool
    held_bytes: int = 0

    @property
    def mode(self) -> str:
        """Colours, with or without alpha."""
        return "RGBA" if self.has_alpha else "RGB"


def least_bytes(source: Source) -> int:
    """The bytes that the presets of ``source`` take, without which it cannot be shown."""
    largest = max(PRESETS.values(), key=lambda preset: preset.side)
    return bytes_needed(source, [largest.spec("jpeg")])


def bytes_needed(source: Source, specs: Iterable[RenditionSpec]) -> int:
    """The bytes that making ``specs`` takes at most beyond a process at rest.

    Raises ``OutputTooLargeError`` as planning does.
    """
    size = source.width, source.height
    planned = [(plan_geometry(spec, *size), spec.format) for spec in specs]

    def scale_of(plan: tuple[Geometry, str]) -> int:
        return draft_scale(size, plan[0].frame) if source.format == "jpeg" else 1

    peak = 0
    for scale, group in groupby(sorted(planned, key=scale_of), key=scale_of):
        plans = list(group)
        frames = {geometry.frame for geometry, _ in plans}
        kept = _PIXEL * sum(_pixels(frame) for frame in frames)
        encoding = max(_ENCODER[name] * _pixels(plan.size) for plan, name in plans)
        peak = max(peak, _decoding(source, scale, frames, kept), kept + encoding)
    return FIXED_BYTES + peak


def _decoding(source: Source, scale: int, frames: Collection[tuple[int, int]], kept: int) -> int:
    """The bytes of decoding at 1/``scale`` and of resizing to each of ``frames``."""
    pixels = -(-source.width // scale) * -(-source.height // scale)
    most, then = _CONVERTED.get(source.mode, _ANY_MODE)
    if source.has_alpha:
        most, then = max(most, _WITH_ALPHA[0]), _WITH_ALPHA[1]
    if source.format in _COPIED:
        most = max(most, 2 * then)
    held = source.held_bytes
    reading = held + (_CANVASES.get(source.format, 0) + then) * pixels
    largest = max(frames, key=_pixels)
    # A coarse reduction leaves a quarter or less, unless the target is too near for one; the
    # filter then works along the rows first, and turning and converting each make a copy.
    share = min(
        1.0, max(0.25, largest[0] * scale / source.width, largest[1] * scale / source.height)
    )
    resizing = int(then * pixels * (1 + share)) + kept + 2 * _PIXEL * _pixels(largest)
    if source.format in _COPIED:  # the reader lives as long as the pixels
        resizing += held
    return max(reading, held + most * pixels, resizing)


def _pixels(size: tuple[int, int]) -> int:
    return size[0] * size[1]
