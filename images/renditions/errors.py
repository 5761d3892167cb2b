"""What the core refuses, as plain ``ValueError`` subclasses whose ``code`` is the contract."""

from typing import ClassVar


class UnreadableImageError(ValueError):
    """A file that will not be turned into renditions. Retrying cannot help."""

    code: ClassVar[str] = "image_unreadable"


class UnsupportedFormatError(UnreadableImageError):
    """Not an image, or an image in a format that we do not read."""

    code = "unsupported_format"


class UnsupportedFeatureError(UnreadableImageError):
    """A sound file in a format that we read, with something in it that we do not.

    Made from the name of that, such as ``floating-point samples in TIFF``.
    """

    code = "unsupported_feature"

    def __init__(self, feature: str) -> None:
        super().__init__(f"What the file uses is not supported: {feature}.")
        self.feature = feature


class ReaderFailedError(UnreadableImageError):
    """The library that reads the format failed in a way that no file should be able to cause."""

    code = "image_unreadable"


class TruncatedImageError(UnreadableImageError):
    """The file ends before the picture does."""

    code = "image_truncated"


class CorruptImageError(UnreadableImageError):
    """The file says it is an image and does not hold together."""

    code = "image_corrupt"


class DimensionsExceededError(UnreadableImageError):
    """More pixels, or a longer side, or more memory for them, than the limits allow."""

    code = "dimensions_exceeded"


class MetadataTooLargeError(UnreadableImageError):
    """Text, EXIF, XMP or ICC blocks beyond ``Limits.max_metadata_bytes``."""

    code = "metadata_too_large"


class InvalidSpecError(ValueError):
    """A rendition that cannot be asked for; ``field`` names the part at fault.

    ``field`` is one of ``width``, ``height``, ``fit``, ``format``, ``quality`` or
    ``spec`` (the canonical text as a whole).
    """

    code: ClassVar[str] = "invalid_spec"

    def __init__(self, field: str, detail: str) -> None:
        super().__init__(detail)
        self.field = field


class OutputTooLargeError(InvalidSpecError):
    """The rendition of this source would be longer than the format, or we, allow."""

    code = "output_too_large"
