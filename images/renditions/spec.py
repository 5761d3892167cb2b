"""What a rendition is: its specification, its canonical text, the presets, and its exact size."""

from collections.abc import Callable, Mapping
from dataclasses import Field, dataclass, field, fields, replace
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final, Self

from images.renditions.errors import InvalidSpecError, OutputTooLargeError
from images.renditions.formats import EXTENSIONS, FORMATS, OUTPUT_FORMATS, ImageFormat

MAX_OUTPUT_SIDE: Final = 8_192
"""The longest side of a rendition, in pixels."""
MAX_QUALITY: Final = 100

_NOT_CANONICAL: Final = "The rendition is not written in its canonical form."


class Fit(StrEnum):
    """How the picture meets the box: wholly ``inside`` it, or cropped to ``cover`` it.

    Neither enlarges: see ``plan_geometry`` for pictures that are smaller than the box.
    """

    INSIDE = "inside"
    COVER = "cover"


def _part(key: str, read: Callable[[str], Any]) -> dict[str, Any]:
    """For a field that the text has as ``key_value``; ``read`` is the inverse of ``str``."""
    return {"key": key, "read": read}


@dataclass(frozen=True, slots=True)
class RenditionSpec:
    """One rendition: a box in pixels, a fit, a format and a quality (1 to 100).

    ``width`` or ``height`` None leaves that side free; both None keeps the source's size.
    ``quality`` None becomes the format's own, and PNG, being lossless, always has None; so
    equal renditions are equal specs. Raises ``InvalidSpecError`` naming the field.
    """

    width: int | None = field(default=None, metadata=_part("w", int))
    height: int | None = field(default=None, metadata=_part("h", int))
    fit: Fit = field(default=Fit.INSIDE, metadata=_part("fit", Fit))
    format: str = "webp"
    quality: int | None = field(default=None, metadata=_part("q", int))

    def __post_init__(self) -> None:
        if self.format not in OUTPUT_FORMATS:
            known = ", ".join(OUTPUT_FORMATS)
            raise InvalidSpecError("format", f"The format must be one of {known}.")
        default = FORMATS[self.format].default_quality
        if default is None:
            object.__setattr__(self, "quality", None)
        elif self.quality is None:
            object.__setattr__(self, "quality", default)
        _require_range("width", self.width, MAX_OUTPUT_SIDE)
        _require_range("height", self.height, MAX_OUTPUT_SIDE)
        _require_range("quality", self.quality, MAX_QUALITY)
        object.__setattr__(self, "fit", _fit(self.fit))
        if self.fit is Fit.COVER and (self.width is None or self.height is None):
            raise InvalidSpecError("fit", "To cover a box, give both its width and its height.")

    def __str__(self) -> str:
        """The canonical text: what a row, an object's key and a URL call this rendition.

        >>> str(RenditionSpec(width=800, height=600, fit=Fit.COVER, format="jpeg"))
        'w_800,h_600,fit_cover,q_82.jpg'
        """
        return f"{self.operations}.{self.image_format.extension}"

    @property
    def operations(self) -> str:
        """The canonical text before the extension; a URL has the image's id between the two."""
        # From the fields themselves, so that a new one cannot be missing: two specs with one text
        # would be one row and one object, and a caller would get the other's bytes.
        values = ((each.metadata["key"], getattr(self, each.name)) for each in _written(type(self)))
        return ",".join(f"{key}_{value}" for key, value in values if value is not None)

    @property
    def image_format(self) -> ImageFormat:
        """The format with its media type and extension."""
        return FORMATS[self.format]

    def in_format(self, image_format: str) -> Self:
        """The same in another format, in that format's own quality."""
        return replace(self, format=image_format, quality=None)

    def unboxed(self) -> Self:
        """All but the box: what is still to be done to pixels that have been cut to it."""
        return replace(self, width=None, height=None, fit=Fit.INSIDE)


def _written(kind: type[RenditionSpec]) -> tuple[Field[Any], ...]:
    """The fields before the extension, in the order of the text."""
    return tuple(each for each in fields(kind) if each.name != "format")


_PARTS: Final = {each.metadata["key"]: each for each in _written(RenditionSpec)}
"""By key; a field that was added without one ends the import here."""


@lru_cache(maxsize=1024)  # the renditions of all images have the same few specs
def parse_spec(text: str) -> RenditionSpec:
    """The spec whose canonical text is exactly ``text``.

    The exact inverse of ``str``: any other spelling raises ``InvalidSpecError``, so that one
    rendition has one URL.
    """
    operations, _, extension = text.rpartition(".")
    parts = (part.partition("_") for part in operations.split(","))
    try:
        values = {_PARTS[key].name: _PARTS[key].metadata["read"](value) for key, _, value in parts}
        spec = RenditionSpec(format=EXTENSIONS[extension].name, **values)
    except (KeyError, ValueError) as exc:
        raise InvalidSpecError("spec", _NOT_CANONICAL) from exc
    # Reading is lenient (`int` takes "+8"), and order and repeats are not looked at above: writing
    # it again settles all of that at once.
    if str(spec) != text:
        raise InvalidSpecError("spec", _NOT_CANONICAL)
    return spec


@dataclass(frozen=True, slots=True)
class Preset:
    """A named square box of ``side`` pixels that the whole picture is fitted into."""

    name: str
    side: int
    fit: Fit = Fit.INSIDE

    @staticmethod
    def formats(*, fallback: str = "jpeg") -> tuple[str, str]:
        """The formats that it is made in: WebP and one that every program reads.

        ``fallback`` is that one: JPEG, or PNG where the pixels call for it.
        """
        return ("webp", fallback)

    def specs(self, *, fallback: str = "jpeg") -> tuple[RenditionSpec, ...]:
        """One spec for each of its formats."""
        return tuple(self.spec(name) for name in self.formats(fallback=fallback))

    def spec(self, image_format: str) -> RenditionSpec:
        """Its spec in one format. Raises ``InvalidSpecError`` for a format we do not write."""
        return RenditionSpec(self.side, self.side, self.fit, image_format)


PRESETS: Final[Mapping[str, Preset]] = MappingProxyType(
    {
        preset.name: preset
        for preset in (
            Preset("thumb", 200),
            Preset("small", 480),
            Preset("medium", 800),
            Preset("large", 1600),
        )
    }
)
"""The presets by name, from the smallest to the largest."""


def preset_of(spec: RenditionSpec) -> str | None:
    """The name of the preset that ``spec`` belongs to; None when it is nobody's."""
    for preset in PRESETS.values():
        if spec == preset.spec(spec.format):
            return preset.name
    return None


@dataclass(frozen=True, slots=True)
class Geometry:
    """Exact upright pixels: the whole picture's at ``frame``, of which the centre ``size`` stays.

    The two are equal unless the picture is cropped.
    """

    frame: tuple[int, int]
    size: tuple[int, int]


def plan_geometry(spec: RenditionSpec, width: int, height: int) -> Geometry:
    """The geometry of ``spec`` for an upright source of ``width`` x ``height`` pixels.

    Never enlarges: a source smaller than the box keeps its size, and one that cannot cover
    the box is cropped to the box's shape at the largest size it has. The pages compute these
    sizes (``frontend/src/features/image/outcome.ts``); one list of cases holds both. Raises
    ``OutputTooLargeError`` when a side would exceed ``MAX_OUTPUT_SIDE`` or the format's limit.

    >>> plan_geometry(RenditionSpec(200, 200), 4000, 3000).size
    (200, 150)
    >>> plan_geometry(RenditionSpec(800, 600, Fit.COVER), 1000, 300).size
    (400, 300)
    """
    if spec.fit is Fit.COVER and spec.width is not None and spec.height is not None:
        geometry = _cover(spec.width, spec.height, width, height)
    else:
        geometry = _inside(spec.width, spec.height, width, height)
    longest = max(geometry.size)
    if longest > min(MAX_OUTPUT_SIDE, spec.image_format.max_side):
        raise OutputTooLargeError(
            "width" if geometry.size[0] == longest else "height",
            f"The rendition would be {geometry.size[0]} x {geometry.size[1]} pixels; "
            f"a side may have {MAX_OUTPUT_SIDE}.",
        )
    return geometry


def output_size(spec: RenditionSpec, width: int, height: int) -> tuple[int, int]:
    """The exact (width, height) of ``spec`` for an upright source. Raises as the plan does."""
    return plan_geometry(spec, width, height).size


def _inside(box_w: int | None, box_h: int | None, width: int, height: int) -> Geometry:
    # Sides are compared as products, so that no rounding decides which one binds.
    numerator, denominator = 1, 1
    if box_w is not None and box_w < width:
        numerator, denominator = box_w, width
    if box_h is not None and box_h * denominator < numerator * height:
        numerator, denominator = box_h, height
    size = (
        _round_ratio(width * numerator, denominator),
        _round_ratio(height * numerator, denominator),
    )
    return Geometry(size, size)


def _cover(box_w: int, box_h: int, width: int, height: int) -> Geometry:
    if box_w > width or box_h > height:
        if width * box_h <= height * box_w:
            box_w, box_h = width, _round_ratio(width * box_h, box_w)
        else:
            box_w, box_h = _round_ratio(height * box_w, box_h), height
    if box_w * height >= box_h * width:
        frame = (box_w, max(box_h, _round_ratio(height * box_w, width)))
    else:
        frame = (max(box_w, _round_ratio(width * box_h, height)), box_h)
    return Geometry(frame, (box_w, box_h))


def _round_ratio(numerator: int, denominator: int) -> int:
    return max(1, (2 * numerator + denominator) // (2 * denominator))


def _require_range(field: str, value: int | None, highest: int) -> None:
    if value is not None and not 1 <= value <= highest:
        raise InvalidSpecError(field, f"The {field} must be between 1 and {highest}.")


def _fit(value: str) -> Fit:
    try:
        return Fit(value)
    except ValueError as exc:
        raise InvalidSpecError("fit", "The fit must be inside or cover.") from exc
