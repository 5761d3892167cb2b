import io

import pytest

from images.renditions import DimensionsExceededError, Limits
from images.renditions.containers.boxes import Box
from images.renditions.containers.cursor import Cursor
from images.renditions.containers.properties import read_properties
from tests.images.renditions.containers.test_boxes import box


def size_of(width: int, height: int) -> bytes:
    return box(b"ispe", b"\0" * 4 + width.to_bytes(4, "big") + height.to_bytes(4, "big"))


def read(*properties: bytes, limits: Limits | None = None) -> int:
    table = box(b"ipco", b"".join(properties))
    cursor = Cursor(io.BytesIO(table), limits or Limits())
    return read_properties(cursor, Box(b"iprp", 0, len(table))).held_bytes


@pytest.mark.parametrize(
    ("flags", "bytes_a_pixel"),
    [(0x00, 3.0), (0x0C, 1.5), (0x08, 2.0), (0x10, 1.0), (0x4C, 3.0)],
    ids=("4:4:4", "4:2:0", "4:2:2", "grey", "4:2:0 of 10 bits"),
)
def test_a_decoder_of_av1_holds_its_planes_twice(flags: int, bytes_a_pixel: float) -> None:
    coding = box(b"av1C", bytes((0x81, 0, flags, 0)))
    assert read(size_of(100, 50), coding) == 2 * 100 * 50 * bytes_a_pixel


def test_the_largest_picture_and_the_widest_coding_count() -> None:
    narrow, wide = (box(b"av1C", bytes((0x81, 0, flags, 0))) for flags in (0x10, 0x00))
    assert read(size_of(10, 10), size_of(100, 100), narrow, wide) == 2 * 10_000 * 3


def test_a_coding_that_is_not_named_is_taken_for_the_usual_one() -> None:
    assert read(size_of(100, 100)) == 2 * 10_000 * 1.5


def test_a_coded_size_that_is_not_taken_is_refused() -> None:
    with pytest.raises(DimensionsExceededError):
        read(size_of(2_000, 10), limits=Limits(max_side=1_000))
