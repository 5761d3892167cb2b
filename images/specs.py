"""Which renditions a request asks for, and how a specification is written in a row. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from images.errors import DimensionsExceeded, InvalidOperations, UnknownPreset
from images.renditions import (
    EXTENSIONS,
    PRESETS,
    DimensionsExceededError,
    InvalidSpecError,
    Limits,
    RenditionSpec,
    Source,
    bytes_needed,
    parse_spec,
)
from platform_site.kit.rest.problems import FieldError

AVIF: Final = "avif"
JPEG: Final = "jpeg"
PNG: Final = "png"


def spec_text(spec: RenditionSpec) -> str:
    """``spec`` as a row has it: the canonical text and the extension of its format.

    >>> spec_text(RenditionSpec(width=800, format="jpeg"))
    'w_800,fit_inside,q_82.jpg'
    """
    return f"{spec}.{spec.image_format.extension}"


def spec_from_text(text: str) -> RenditionSpec:
    """The inverse of `spec_text`. Raises `InvalidSpecError` for any other spelling."""
    operations, _, extension = text.rpartition(".")
    image_format = EXTENSIONS.get(extension)
    if image_format is None:
        raise InvalidSpecError("spec", "The rendition is not written in its canonical form.")
    return parse_spec(operations, image_format.name)


def spec_text_of_address(spec: str, extension: str) -> str:
    """The row's text for what an address names: a preset, or canonical operations as they are."""
    preset, image_format = PRESETS.get(spec), EXTENSIONS.get(extension)
    if preset is None or image_format is None or not image_format.writable:
        return f"{spec}.{extension}"
    return spec_text(preset.spec(image_format.name))


@dataclass(frozen=True, slots=True)
class Wish:
    """The renditions asked for.

    ``open_specs`` are those of ``specs`` whose format is a guess from the header; the job, which
    sees the pixels, may make them in another one.
    """

    specs: tuple[RenditionSpec, ...]
    open_specs: frozenset[RenditionSpec] = frozenset()


def wish_for(
    presets: Iterable[str],
    operations: RenditionSpec | None = None,
    *,
    has_alpha: bool,
    fallback: str | None,
) -> Wish:
    """What presets and operations mean for an image. Raises `UnknownPreset`.

    ``fallback`` is the format of its presets beside WebP; ``None`` while only its header is
    known, which says ``has_alpha``. Operations are asked for in their format and keep it.
    """
    guess = fallback or (PNG if has_alpha else JPEG)
    specs = preset_specs(presets, fallback=guess)
    explicit = [] if operations is None else [operations]
    guessed = {spec for spec in specs if fallback is None and spec.format == guess}
    return Wish(tuple(dict.fromkeys([*specs, *explicit])), frozenset(guessed.difference(explicit)))


def preset_specs(names: Iterable[str], *, fallback: str) -> list[RenditionSpec]:
    """The specs of the presets, each in its formats, without repeats. Raises `UnknownPreset`."""
    specs: dict[RenditionSpec, None] = {}
    for name in names:
        if name not in PRESETS:
            known = ", ".join(PRESETS)
            detail = f"There is no preset {name[:50]!r}; there are {known}."
            raise UnknownPreset(detail, errors=[FieldError("/presets", "unknown_preset", detail)])
        specs.update(dict.fromkeys(PRESETS[name].specs(fallback=fallback)))
    return list(specs)


def presets_check(names: Iterable[str]) -> None:
    """Raises `UnknownPreset` for a name that is none."""
    preset_specs(names, fallback=JPEG)


def text_in_format(text: str, image_format: str) -> str:
    """A row's text with another format, in that format's own quality.

    >>> text_in_format("w_200,h_200,fit_inside,q_82.jpg", "png")
    'w_200,h_200,fit_inside.png'
    """
    return spec_text(replace(spec_from_text(text), format=image_format, quality=None))


def operations_spec(
    *,
    width: int | None = None,
    height: int | None = None,
    fit: str = "inside",
    format: str = "webp",  # noqa: A002 - the name of the field
    quality: int | None = None,
) -> RenditionSpec:
    """The spec of free operations. Raises `InvalidOperations` naming the field."""
    try:
        # `fit` arrives as text; the spec itself turns it into a `Fit` or refuses it.
        return RenditionSpec(width, height, fit, format, quality)  # type: ignore[arg-type]
    except InvalidSpecError as exc:
        raise refusal_of_spec(exc) from exc


def size_check(specs: Sequence[RenditionSpec], *, source: Source, limits: Limits) -> None:
    """Raises `InvalidOperations` when one of ``specs`` would be too large for an upright source.

    Raises `DimensionsExceeded` when making them takes more memory than ``limits`` allow.
    """
    try:
        limits.check_memory(bytes_needed(source, specs))
    except InvalidSpecError as exc:
        raise refusal_of_spec(exc) from exc
    except DimensionsExceededError as exc:
        raise DimensionsExceeded(str(exc)) from exc


def refusal_of_spec(exc: InvalidSpecError) -> InvalidOperations:
    """What the caller is told about operations that the core refuses."""
    return InvalidOperations(str(exc), errors=[FieldError(f"/ops/{exc.field}", exc.code, str(exc))])


def is_slow(specs: Iterable[RenditionSpec]) -> bool:
    """Whether making them takes so long that others should not wait behind it: AVIF does."""
    return any(spec.format == AVIF for spec in specs)
