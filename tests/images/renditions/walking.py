"""What the walk of a format says of a file."""

import io

from images.renditions.containers import WALKS, Cursor, Layout
from images.renditions.limits import Limits
from tests.images.renditions.samples import LIMITS


def walked(image_format: str, content: bytes, limits: Limits = LIMITS) -> Layout:
    """The layout that the walk over ``content`` gives."""
    return WALKS[image_format](Cursor(io.BytesIO(content), limits))
