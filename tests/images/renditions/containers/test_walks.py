"""What each walk says of a whole file; the damaged ones are in the tests of the formats."""

import io

import pytest

from images.renditions.containers import WALKS, Cursor
from images.renditions.formats import FORMATS
from tests.images.renditions.samples import LIMITS, WHOLE


def test_every_format_that_is_read_is_walked_over() -> None:
    assert WALKS.keys() == FORMATS.keys()


@pytest.mark.parametrize("name", ["JPEG", "PNG", "GIF", "WEBP", "AVIF", "TIFF", "BMP", "HEIC"])
def test_a_whole_file_has_one_frame_and_lacks_nothing(name: str) -> None:
    layout = WALKS[name.lower()](Cursor(io.BytesIO(WHOLE[name]), LIMITS))
    assert (layout.frames, layout.has_all_data, layout.has_end) == (1, True, True)
    assert layout.length == 0
