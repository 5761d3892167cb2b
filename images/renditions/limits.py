"""The limits that callers pass in; the core reads no settings."""

from dataclasses import dataclass
from typing import Final

from images.renditions.errors import CorruptImageError, DimensionsExceededError

_MB: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Limits:
    """Upper bounds on what is read. Sizes are in bytes and pixels, and bounds are inclusive.

    None is of the file's own size: whoever receives a file judges that, once. A worker that judged
    it again, by a setting of its own, would refuse what has been stored.

    ``max_memory`` bounds what making the renditions takes, as ``cost`` estimates it, and with
    that the pixels of each format by what a pixel of it costs;
    ``max_metadata_bytes`` bounds text, EXIF, XMP and ICC together, after decompression;
    ``max_blocks`` bounds chunks, segments or sub-blocks, so a file of tiny ones ends early;
    ``max_scans`` bounds the scans of a JPEG, each of which costs a full pass, and
    ``max_scan_pixels`` the pixels of all these passes together;
    ``refuse_incomplete`` refuses pictures of which pixels are missing or damaged.
    """

    max_side: int = 16_383
    max_memory: int = 1_000_000_000
    max_metadata_bytes: int = 16_000_000
    max_blocks: int = 250_000
    max_scans: int = 100
    max_scan_pixels: int = 4_000_000_000
    refuse_incomplete: bool = False

    def check_dimensions(self, width: int, height: int) -> None:
        """Raise unless a picture of ``width`` x ``height`` pixels has sides that are taken."""
        if width < 1 or height < 1:
            raise CorruptImageError("The image says that it has no pixels.")
        if max(width, height) > self.max_side:
            raise DimensionsExceededError(
                f"The image has {width} x {height} pixels; a side may have {self.max_side}."
            )

    def check_memory(self, needed: int) -> None:
        """Raise unless work that takes ``needed`` bytes of memory may be done."""
        if needed > self.max_memory:
            raise DimensionsExceededError(
                f"The image needs {-(-needed // _MB)} MB of memory to be worked on; "
                f"the limit is {self.max_memory // _MB} MB."
            )
