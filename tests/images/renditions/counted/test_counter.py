from typing import Any

import pytest
from PIL import Image

from images.renditions.containers import Layout
from images.renditions.counted.counter import Counted, Counter


def test_a_picture_is_complete_when_every_part_came_to_its_end() -> None:
    counter = Counter(Layout())
    counter.expect()
    counter.expect()
    counter.finish()
    assert not counter.is_complete
    counter.finish()
    assert counter.is_complete
    counter.failed = True
    assert not counter.is_complete


@pytest.mark.parametrize(("given", "is_complete"), [(12, True), (11, False)])
def test_pillows_decoder_is_fed_and_its_end_is_counted(given: int, is_complete: bool) -> None:  # noqa: FBT001 - a parameter
    counter = Counter(Layout())
    counter.expect()
    decoder = Counted("RGB", counter, "RGB", 0, 1)
    image: Any = Image.new("RGB", (2, 2))
    decoder.setimage(image.im, (0, 0, 2, 2))
    decoder.decode(bytes(range(given)))
    decoder.cleanup()
    assert counter.is_complete is is_complete
    assert image.getpixel((0, 0)) == (0, 1, 2)
