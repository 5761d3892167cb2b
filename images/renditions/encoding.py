"""From pixels to bytes in each output format, with no metadata of any kind.

What the pixels are like chooses between lossy and lossless and the resolution of the colours;
the format and the quality are those asked for.
"""

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from threading import Lock
from typing import Any, Final

from PIL import Image, ImageFile

from images.renditions.content import Content, content_of
from images.renditions.spec import RenditionSpec

_WITHOUT_METADATA: Final[Mapping[str, Any]] = {
    "exif": b"",
    "xmp": b"",
    "comment": b"",
    "icc_profile": b"",
}

# Chosen by `python -m bench encoders`: at or below sharp's bytes at equal SSIM.
# One thread each: the worker's processes already fill the processors.
_OPTIONS: Final[Mapping[str, Mapping[str, Any]]] = {
    "jpeg": {"optimize": True, "progressive": True},
    "png": {"compress_level": 6},
    "webp": {"method": 4},
    "avif": {"speed": 6, "max_threads": 1},
}

_PHOTOGRAPHIC: Final[Mapping[str, Mapping[str, Any]]] = {"avif": {"advanced": {"tune": "ssim"}}}
"""For what is not drawn; drawn pictures come out larger by it."""

_FULL_CHROMA: Final[Mapping[str, Mapping[str, Any]]] = {
    "jpeg": {"subsampling": "4:4:4"},
    "avif": {"subsampling": "4:4:4"},
}
"""Where colours change sharply; for WebP only lossless coding does that."""

_JPEG_MOST: Final = 7 / 6
"""Bytes that the worst JPEG has for each of a pixel's: noise at quality 100 has 1.07."""

_BUFFER: Final = Lock()
"""The size of Pillow's buffers is the module's."""

_LARGE_PIXELS: Final = 4_000_000
_LARGE: Final[Mapping[str, Mapping[str, Any]]] = {"avif": {"speed": 9, "advanced": {}}}
"""Above so many pixels a second of effort for each megapixel would outlast a worker's time."""

_LOSSLESS_PIXELS: Final = 16_000_000
"""Above so many pixels no lossless file is tried."""

_LOSSLESS_WEBP: Final = {"lossless": True, "method": 4, "quality": 80}
_LOSSLESS_TRIAL: Final = {"lossless": True, "method": 0, "quality": 0}
_TRIAL_FACTOR: Final = 3.5
"""How much larger than the lossy file a quick lossless one may be for a thorough one to pay."""

_CHROMA_HEAVY_FACTOR: Final = 4.0
"""How much larger a lossless file may be where half the chroma makes the picture illegible."""

_MODES: Final[Mapping[str, Mapping[str, str]]] = {
    "jpeg": {"L": "L", "RGB": "RGB"},
    "png": {"L": "L", "LA": "LA", "RGB": "RGB", "RGBA": "RGBA"},
    "webp": {"L": "RGB", "LA": "RGBA", "RGB": "RGB", "RGBA": "RGBA"},
    "avif": {"L": "L", "LA": "RGBA", "RGB": "RGB", "RGBA": "RGBA"},
}
"""The mode that each format stores a mode in; JPEG has none for alpha."""


def encode(image: Image.Image, spec: RenditionSpec, content: Content | None = None) -> bytes:
    """``image`` (L, LA, RGB or RGBA) as a file in the format and quality of ``spec``.

    Where the format has no alpha, the picture is laid on white. ``content`` is that of ``image``,
    for a caller who has it; the bytes depend on ``image`` and ``spec`` alone.
    """
    content = content or content_of(image)
    modes = _MODES[spec.format]
    if image.mode not in modes:
        image = flatten(image)
    mode = modes[image.mode]
    if image.mode != mode:
        image = image.convert(mode)
    pixels = image.width * image.height
    made = _saved(image, spec, **_options(spec, content, pixels))
    if spec.format == "webp" and content.is_flat and pixels <= _LOSSLESS_PIXELS:
        return _lossless_if_better(image, spec, made, content)
    return made


def _options(spec: RenditionSpec, content: Content, pixels: int) -> dict[str, Any]:
    options = dict(_OPTIONS[spec.format])
    if spec.quality is not None:
        options["quality"] = spec.quality
    if content.has_chroma_edges:
        options.update(_FULL_CHROMA.get(spec.format, {}))
    elif not content.is_flat:
        options.update(_PHOTOGRAPHIC.get(spec.format, {}))
    if pixels > _LARGE_PIXELS:
        options.update(_LARGE.get(spec.format, {}))
    return options


def _lossless_if_better(
    image: Image.Image, spec: RenditionSpec, lossy: bytes, content: Content
) -> bytes:
    factor = _CHROMA_HEAVY_FACTOR if content.is_chroma_heavy else 1.0
    trial = _saved(image, spec, **_LOSSLESS_TRIAL)
    if len(trial) > _TRIAL_FACTOR * factor * len(lossy):
        return lossy
    exact = _saved(image, spec, **_LOSSLESS_WEBP)
    return exact if len(exact) <= factor * len(lossy) else lossy


def _saved(image: Image.Image, spec: RenditionSpec, **options: Any) -> bytes:
    buffer = io.BytesIO()
    with _room_for_all(image) if spec.format == "jpeg" else nullcontext():
        image.save(buffer, format=spec.image_format.pillow, **_WITHOUT_METADATA, **options)
    return buffer.getvalue()


@contextmanager
def _room_for_all(image: Image.Image) -> Iterator[None]:
    """A buffer that every JPEG of ``image`` fits in, which libjpeg needs for one that is optimised.

    Pillow gives it a byte a pixel, too few for noise, and has no other way to ask for more. What
    is not written to takes no memory.
    """
    with _BUFFER:
        usual = ImageFile.MAXBLOCK
        stored = len(image.getbands()) * image.width * image.height
        ImageFile.MAXBLOCK = int(_JPEG_MOST * stored) + usual
        try:
            yield
        finally:
            ImageFile.MAXBLOCK = usual


def flatten(image: Image.Image) -> Image.Image:
    """A picture with alpha, laid on white; one without alpha as it is."""
    if image.mode not in {"LA", "RGBA"}:
        return image
    ground = Image.new(image.mode[:-1], image.size, "white")
    ground.paste(image.convert(ground.mode), mask=image.getchannel("A"))
    return ground
