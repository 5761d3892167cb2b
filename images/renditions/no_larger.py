"""A rendition of the very size and format of its original is never the larger file of the two."""

from dataclasses import dataclass, replace
from typing import BinaryIO, Final

from PIL import Image

from images.renditions.color import to_srgb
from images.renditions.content import Content
from images.renditions.encoding import encode
from images.renditions.limits import Limits
from images.renditions.probing import ImageFacts
from images.renditions.reading import guarded_reading, open_image
from images.renditions.spec import RenditionSpec
from images.renditions.stripping import stripped

_PLAIN_MODES: Final = frozenset({"1", "L", "LA", "P", "RGB", "RGBA"})
_UPRIGHT: Final = 1
_QUALITY_STEP: Final = 10
_LOWEST_QUALITY: Final = 10


@dataclass(frozen=True, slots=True)
class Original:
    """The file that renditions are made from."""

    file: BinaryIO
    facts: ImageFacts
    limits: Limits

    def no_larger(
        self, made: bytes, picture: Image.Image, spec: RenditionSpec, content: Content
    ) -> bytes:
        """``made``, or what is kept in its place where it is larger than the original.

        That is the original's own coded pixels, which are as good as any can be, where they are
        upright and sRGB already; else the picture in the best quality that is no larger, in
        steps of ten. A PNG that cannot be copied is kept as it is.
        """
        size = self.facts.width, self.facts.height
        if spec.format != self.facts.format or picture.size != size:
            return made
        whole = self.file.seek(0, 2)
        if len(made) <= whole:
            return made
        if self._is_plain() and _shows_the_original(spec):
            self.file.seek(0)
            copy = stripped(self.file.read(), spec.format)
            if copy is not None and len(copy) <= whole:
                return copy
        # A PNG has no quality, so nothing is tried for it.
        for quality in range((spec.quality or 0) - _QUALITY_STEP, 0, -_QUALITY_STEP):
            lesser = replace(spec, quality=max(quality, _LOWEST_QUALITY))
            made = encode(picture, lesser, content)
            if len(made) <= whole:
                break
        return made

    def _is_plain(self) -> bool:
        if self.facts.orientation != _UPRIGHT or self.facts.animated:
            return False
        if not self.facts.layout.has_end or self.facts.layout.length:
            return False  # a copy would lack its end, too
        with guarded_reading():
            image = open_image(self.file, self.facts.image_format, self.limits, self.facts.layout)
        if image.mode not in _PLAIN_MODES:
            return False
        grey = image.mode in {"1", "L", "LA"}
        sample = Image.new("L" if grey else "RGB", (1, 1))
        return to_srgb(sample, image.info.get("icc_profile")) is sample


def _shows_the_original(spec: RenditionSpec) -> bool:
    # Box, format and quality leave pixels what they are. Another operation, once there is one, must
    # not be answered with the original's; so all else of the spec has to be as it is by default.
    return spec.unboxed() == RenditionSpec(format=spec.format, quality=spec.quality)
