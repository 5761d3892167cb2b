"""A few hundred characters that stand for a picture until it has loaded."""

import base64
from typing import BinaryIO, Final

from images.renditions.decoding import decode_at
from images.renditions.encoding import encode
from images.renditions.limits import Limits
from images.renditions.probing import probe
from images.renditions.spec import RenditionSpec, plan_geometry

MAX_PLACEHOLDER_CHARS: Final = 600
"""The longest placeholder; it travels in every listing of images."""

_ATTEMPTS: Final = ((16, 30), (12, 20), (8, 10), (4, 1))
"""Box in pixels and WebP quality, from the one wanted to the one that always fits."""


def placeholder(source: BinaryIO, limits: Limits) -> str:
    """A tiny WebP of the picture as a ``data:`` URI of at most ``MAX_PLACEHOLDER_CHARS``.

    ``source`` may be the original; its smallest rendition gives the same with less work.
    Raises ``UnreadableImageError``.
    """
    facts = probe(source, limits)
    uri = ""
    for side, quality in _ATTEMPTS:
        spec = RenditionSpec(side, side, format="webp", quality=quality)
        size = plan_geometry(spec, facts.width, facts.height).size
        content = encode(decode_at(source, facts, size, limits), spec)
        uri = f"data:{spec.image_format.mime};base64,{base64.b64encode(content).decode()}"
        if len(uri) <= MAX_PLACEHOLDER_CHARS:
            break
    return uri
