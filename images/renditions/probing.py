"""What an image file is, by its structure and header alone; nothing is decoded."""

from dataclasses import dataclass, field
from typing import BinaryIO, Final

from PIL import ExifTags, Image

from images.renditions import cost
from images.renditions.containers import WALKS, Cursor, Layout
from images.renditions.errors import (
    TruncatedImageError,
    UnsupportedFormatError,
)
from images.renditions.foreign import name_of
from images.renditions.formats import FORMATS, SNIFF_BYTES, ImageFormat, sniff_format
from images.renditions.limits import Limits
from images.renditions.orientation import UPRIGHT, as_orientation, orientation_of
from images.renditions.reading import guarded_reading, open_image

_ANIMATED_BY_READER: Final = frozenset({"avif"})
_TURNED_BY_READER: Final = frozenset({"tiff"})
_TURNED_BY_PROPERTIES: Final = frozenset({"avif"})
"""Formats of HEIF: its own properties are all that counts (ISO/IEC 23008-12), given as EXIF."""
_UPRIGHT_FROM_READER: Final = frozenset({"heic"})
"""Formats of HEIF, too, whose reader has applied the properties."""
_ON_ITS_SIDE: Final = 5


@dataclass(slots=True)
class Decoding:
    """What came out when the pixels were decoded; ``is_complete`` is ``None`` until then."""

    is_complete: bool | None = None


@dataclass(frozen=True, slots=True)
class ImageFacts:
    """What the header says. ``width`` and ``height`` are upright pixels.

    ``orientation`` is the EXIF value (1 to 8) that still has to be applied to the stored
    pixels; ``mode`` is Pillow's name for their layout. ``frames`` counts the frames of an
    animation, from two on perhaps not all: the pages of a TIFF and the extra pictures of a
    phone's JPEG are not frames. ``held_bytes`` is what a decoder holds besides the pixels.
    ``layout`` is what decoding needs to know of the file's structure, and ``decoding`` is where
    it reports how it went.
    """

    image_format: ImageFormat
    width: int
    height: int
    mode: str
    has_alpha: bool
    frames: int
    orientation: int
    held_bytes: int = 0
    layout: Layout = field(default=Layout(), repr=False)
    decoding: Decoding = field(default_factory=Decoding, repr=False, compare=False)

    @property
    def format(self) -> str:
        """Our name for the format, such as ``jpeg``."""
        return self.image_format.name

    @property
    def mime(self) -> str:
        """The media type, such as ``image/jpeg``."""
        return self.image_format.mime

    @property
    def extension(self) -> str:
        """The file extension without its dot, such as ``jpg``."""
        return self.image_format.extension

    @property
    def animated(self) -> bool:
        """Whether there is more than the one frame that renditions show."""
        return self.frames > 1

    @property
    def is_turned(self) -> bool:
        """Whether the stored pixels lie on their side."""
        return self.orientation >= _ON_ITS_SIDE


def probe(file: BinaryIO, limits: Limits) -> ImageFacts:
    """The facts of a seekable file, read from its header, which ``limits`` bound.

    Raises ``UnsupportedFormatError``, ``DimensionsExceededError``,
    ``MetadataTooLargeError``, ``UnsupportedFeatureError``, ``TruncatedImageError`` when the file
    stops before any pixel, ``CorruptImageError`` or ``ReaderFailedError``. A picture whose presets
    would take more memory than is allowed exceeds the dimensions. Data after the image is allowed.
    """
    image_format = _recognise(file)
    layout = WALKS[image_format.name](Cursor(file, limits))
    if limits.refuse_incomplete and not layout.has_all_data:
        raise TruncatedImageError("Pixels of the picture are missing or damaged.")
    with guarded_reading():
        image = open_image(file, image_format, limits, layout)
        facts = _facts(image, image_format, layout)
    limits.check_memory(cost.least_bytes(facts))
    return facts


def _recognise(file: BinaryIO) -> ImageFormat:
    file.seek(0)
    head = file.read(SNIFF_BYTES)
    image_format = sniff_format(head)
    if image_format is None:
        *labels, last = (each.label for each in FORMATS.values())
        raise UnsupportedFormatError(
            f"The file is {name_of(head)}; accepted are {', '.join(labels)} and {last}."
        )
    return image_format


def _facts(image: Image.Image, image_format: ImageFormat, layout: Layout) -> ImageFacts:
    frames = layout.frames
    if image_format.name in _ANIMATED_BY_READER:
        frames = getattr(image, "n_frames", 1)
    orientation = _orientation(image, image_format, layout)
    turned = orientation >= _ON_ITS_SIDE
    width, height = reversed(image.size) if turned else image.size
    return ImageFacts(
        image_format=image_format,
        width=width,
        height=height,
        mode=image.mode,
        has_alpha=image.has_transparency_data,
        frames=frames,
        orientation=orientation,
        held_bytes=layout.held_bytes,
        layout=layout,
    )


def _orientation(image: Image.Image, image_format: ImageFormat, layout: Layout) -> int:
    """What is still to be applied to the pixels once they are decoded."""
    if image_format.name in _UPRIGHT_FROM_READER:
        return UPRIGHT
    exif, xmp = image.info.get("exif", b""), image.info.get("xmp", b"")
    if image_format.name in _TURNED_BY_READER:
        # Its tag, which Pillow applies itself, is its EXIF.
        tag = as_orientation(getattr(image, "tag_v2", {}).get(ExifTags.Base.Orientation))
        return orientation_of(exif=b"", xmp=xmp) if tag is None else UPRIGHT
    if image_format.name in _TURNED_BY_PROPERTIES:
        xmp = b""
    return orientation_of(exif=layout.exif or exif, xmp=layout.xmp or xmp)
