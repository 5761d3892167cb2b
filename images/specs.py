"""Which renditions a request asks for, and whether they may be made. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
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
)
from platform_site.kit.rest.problems import FieldError

JPEG: Final = "jpeg"
PNG: Final = "png"


@lru_cache(maxsize=4096)
def text_of_url(named: str, extension: str) -> str:
    """The row's text for what a URL names: a preset, or canonical operations as they are.

    Not parsed: what is not canonical is in no row, and so is not found.

    >>> text_of_url("thumb", "jpg")
    'w_200,h_200,fit_inside,q_82.jpg'
    """
    preset, image_format = PRESETS.get(named), EXTENSIONS.get(extension)
    if preset is None or image_format is None or not image_format.writable:
        return f"{named}.{extension}"
    return str(preset.spec(image_format.name))


@dataclass(frozen=True, slots=True)
class RequestedSpecs:
    """The renditions asked for.

    ``open_specs`` are those of ``specs`` whose format is a guess from the header; the job, which
    sees the pixels, may make them in another one.
    """

    specs: tuple[RenditionSpec, ...]
    open_specs: frozenset[RenditionSpec] = frozenset()


def requested_specs(
    presets: Iterable[str],
    operations: RenditionSpec | None = None,
    *,
    has_alpha: bool,
    fallback: str | None,
) -> RequestedSpecs:
    """What presets and operations mean for an image. Raises `UnknownPreset`.

    ``fallback`` is the format of its presets beside WebP; ``None`` while only its header is
    known, which says ``has_alpha``. Operations are asked for in their format and keep it.
    """
    guess = fallback or (PNG if has_alpha else JPEG)
    specs = preset_specs(presets, fallback=guess)
    explicit = [] if operations is None else [operations]
    guessed = {spec for spec in specs if fallback is None and spec.format == guess}
    return RequestedSpecs(
        tuple(dict.fromkeys([*specs, *explicit])), frozenset(guessed.difference(explicit))
    )


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
    """The refusal for operations that the core refuses."""
    return InvalidOperations(str(exc), errors=[FieldError(f"/ops/{exc.field}", exc.code, str(exc))])
