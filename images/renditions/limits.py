"""The limits that callers pass in; the core reads no settings."""

from dataclasses import dataclass

from images.renditions.errors import (
    AnimationTooLargeError,
    CorruptImageError,
    DimensionsExceededError,
)


@dataclass(frozen=True, slots=True)
class Limits:
    """Upper bounds on what is read. Sizes are in bytes and pixels, and bounds are inclusive.

    ``max_frame_pixels`` bounds the sum of pixels over all frames of an animation;
    ``max_metadata_bytes`` bounds text, EXIF, XMP and ICC together, after decompression;
    ``max_blocks`` bounds chunks, segments or sub-blocks, so a file of tiny ones ends early;
    ``max_scans`` bounds the scans of a progressive JPEG, each of which costs a full pass.
    """

    max_bytes: int = 50_000_000
    max_pixels: int = 40_000_000
    max_side: int = 16_383
    max_frames: int = 300
    max_frame_pixels: int = 300_000_000
    max_metadata_bytes: int = 16_000_000
    max_blocks: int = 250_000
    max_scans: int = 100

    def check_dimensions(self, width: int, height: int) -> None:
        """Raise unless a picture of ``width`` x ``height`` pixels may be decoded."""
        if width < 1 or height < 1:
            raise CorruptImageError("The image says that it has no pixels.")
        if max(width, height) > self.max_side or width * height > self.max_pixels:
            raise DimensionsExceededError(
                f"The image has {width} x {height} pixels; the limits are {self.max_side} a side "
                f"and {self.max_pixels} in all."
            )

    def check_frames(self, frames: int, frame_pixels: int) -> None:
        """Raise unless ``frames`` frames of ``frame_pixels`` pixels in all are allowed."""
        if frames > self.max_frames:
            raise AnimationTooLargeError(
                f"The animation has {frames} frames or more; the limit is {self.max_frames}."
            )
        if frames > 1 and frame_pixels > self.max_frame_pixels:
            raise AnimationTooLargeError(
                f"The frames have {frame_pixels} pixels in all or more; the limit is "
                f"{self.max_frame_pixels}."
            )
