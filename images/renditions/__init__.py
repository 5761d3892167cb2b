"""The pure core: image files and specs in, renditions out; no network, clock or settings."""

from images.renditions.cost import KnownSource, Source, bytes_needed
from images.renditions.errors import (
    CorruptImageError,
    DimensionsExceededError,
    InvalidSpecError,
    MetadataTooLargeError,
    OutputTooLargeError,
    ReaderFailedError,
    TruncatedImageError,
    UnreadableImageError,
    UnsupportedFeatureError,
    UnsupportedFormatError,
)
from images.renditions.fallback import PixelFacts, fallback_of
from images.renditions.formats import EXTENSIONS, FORMATS, OUTPUT_FORMATS, ImageFormat
from images.renditions.limits import Limits
from images.renditions.pipeline import RenderedFile, render, render_all
from images.renditions.placeholders import MAX_PLACEHOLDER_CHARS, placeholder
from images.renditions.probing import ImageFacts, probe
from images.renditions.spec import (
    MAX_OUTPUT_SIDE,
    MAX_QUALITY,
    PRESETS,
    Fit,
    Preset,
    RenditionSpec,
    output_size,
    parse_spec,
    preset_of,
)

__all__ = [
    "EXTENSIONS",
    "FORMATS",
    "MAX_OUTPUT_SIDE",
    "MAX_PLACEHOLDER_CHARS",
    "MAX_QUALITY",
    "OUTPUT_FORMATS",
    "PRESETS",
    "CorruptImageError",
    "DimensionsExceededError",
    "Fit",
    "ImageFacts",
    "ImageFormat",
    "InvalidSpecError",
    "KnownSource",
    "Limits",
    "MetadataTooLargeError",
    "OutputTooLargeError",
    "PixelFacts",
    "Preset",
    "ReaderFailedError",
    "RenderedFile",
    "RenditionSpec",
    "Source",
    "TruncatedImageError",
    "UnreadableImageError",
    "UnsupportedFeatureError",
    "UnsupportedFormatError",
    "bytes_needed",
    "fallback_of",
    "output_size",
    "parse_spec",
    "placeholder",
    "preset_of",
    "probe",
    "render",
    "render_all",
]
