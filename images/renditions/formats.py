"""The formats that are read and written, and how their first bytes are recognised."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from PIL import (  # Pillow would otherwise import all of its readers, PostScript's too
    AvifImagePlugin,
    BmpImagePlugin,
    GifImagePlugin,
    ImageFile,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
    features,
)

from images.renditions.heif import HeifImageFile

SNIFF_BYTES: Final = 64
"""How many bytes from the start of a file ``sniff_format`` wants."""


@dataclass(frozen=True, slots=True)
class ImageFormat:
    """A format: our name for it, its media type, file extension and Pillow's name.

    ``default_quality`` is None when the format has no quality (lossless) or is never written.
    ``max_side`` is the longest side in pixels that its encoder accepts. ``slow`` is whether
    writing it takes so long that nobody should wait behind it.
    """

    name: str
    mime: str
    extension: str
    pillow: str
    writable: bool = False
    default_quality: int | None = None
    has_alpha: bool = True
    max_side: int = 65_535
    slow: bool = False

    @property
    def label(self) -> str:
        """The name as people write it, such as ``WebP``."""
        return {"webp": "WebP"}.get(self.name, self.name.upper())


_ALL: Final = (
    ImageFormat(
        "jpeg",
        "image/jpeg",
        "jpg",
        "JPEG",
        writable=True,
        default_quality=82,
        has_alpha=False,
        max_side=65_500,
    ),
    ImageFormat("png", "image/png", "png", "PNG", writable=True),
    ImageFormat(
        "webp",
        "image/webp",
        "webp",
        "WEBP",
        writable=True,
        default_quality=80,
        max_side=16_383,
    ),
    ImageFormat("avif", "image/avif", "avif", "AVIF", writable=True, default_quality=60, slow=True),
    ImageFormat("gif", "image/gif", "gif", "GIF"),
    ImageFormat("tiff", "image/tiff", "tiff", "TIFF"),
    ImageFormat("bmp", "image/bmp", "bmp", "BMP", has_alpha=False),
    ImageFormat("heic", "image/heic", "heic", "HEIF"),
)

FORMATS: Final[Mapping[str, ImageFormat]] = MappingProxyType({f.name: f for f in _ALL})
"""Every format that is read, by our name."""

OUTPUT_FORMATS: Final = tuple(f.name for f in _ALL if f.writable)
"""The formats that renditions come in."""

EXTENSIONS: Final[Mapping[str, ImageFormat]] = MappingProxyType({f.extension: f for f in _ALL})
"""Every format by the extension that its files are served under."""

_READERS: Final[tuple[type[ImageFile.ImageFile], ...]] = (
    JpegImagePlugin.JpegImageFile,
    PngImagePlugin.PngImageFile,
    WebPImagePlugin.WebPImageFile,
    AvifImagePlugin.AvifImageFile,
    GifImagePlugin.GifImageFile,
    TiffImagePlugin.TiffImageFile,
    BmpImagePlugin.BmpImageFile,
    HeifImageFile,
)

_PREFIXES: Final = (
    (b"\xff\xd8\xff", "jpeg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"RIFF", "webp"),
    (b"II*\0", "tiff"),
    (b"MM\0*", "tiff"),
    (b"II+\0", "tiff"),
    (b"MM\0+", "tiff"),
    (b"BM", "bmp"),
)

_BRANDS: Final = (
    (frozenset({b"avif", b"avis"}), "avif"),
    (
        frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"})
        | {b"mif1", b"msf1"},
        "heic",
    ),
)
"""The brands of each format in a file type box (ISO/IEC 23008-12; AV1 Image File Format)."""

_BMP_HEADER_SIZES: Final = frozenset({12, 40, 52, 56, 64, 108, 124})

_CONFIRM: Final[Mapping[str, Callable[[bytes], bool]]] = {
    "webp": lambda head: head[8:12] == b"WEBP",
    "bmp": lambda head: int.from_bytes(head[14:18], "little") in _BMP_HEADER_SIZES,
}
"""What else must hold where the prefix alone is too common."""

if tuple(reader.format for reader in _READERS) != tuple(f.pillow for f in _ALL):
    raise ImportError("Pillow's readers are not the formats that we read.")
for _feature in ("jpg", "webp", "avif", "littlecms2", "zlib"):
    if not features.check(_feature):
        raise ImportError(f"This build of Pillow lacks {_feature}.")


def sniff_format(head: bytes) -> ImageFormat | None:
    """The format that the first ``SNIFF_BYTES`` bytes announce; None when it is none of ours.

    >>> sniff_format(bytes.fromhex("ffd8ffe0")).name
    'jpeg'
    >>> sniff_format(b"<svg xmlns='http://www.w3.org/2000/svg'/>") is None
    True
    """
    for prefix, name in _PREFIXES:
        if head.startswith(prefix):
            return FORMATS[name] if _CONFIRM.get(name, bool)(head) else None
    return _by_brand(head)


def _by_brand(head: bytes) -> ImageFormat | None:
    """The format that the file type box (ISO/IEC 14496-12) names as its brand or a compatible one.

    Brands of the container alone (``mif1``, ``msf1``) leave the coding open; where AV1 is not
    named, it is HEVC until the items of the file say otherwise.
    """
    brands = _brands(head)
    for names, brand in _BRANDS:
        if not brands.isdisjoint(names):
            return FORMATS[brand]
    return None


def _brands(head: bytes) -> set[bytes]:
    if head[4:8] != b"ftyp":
        return set()
    box = head[8 : min(int.from_bytes(head[:4], "big"), SNIFF_BYTES)]
    return {box[:4], *(box[i : i + 4] for i in range(8, len(box), 4))}
