import dataclasses
import struct

import pytest

from images.renditions.errors import (
    CorruptImageError,
    DimensionsExceededError,
    UnsupportedFeatureError,
)
from tests.images.renditions.samples import LIMITS, WHOLE
from tests.images.renditions.walking import walked


def header(width: int, height: int, *, depth: int = 24, compression: int = 0) -> bytes:
    return b"BM" + struct.pack("<IIIIiiHHI", 0, 0, 54, 40, width, height, 1, depth, compression)


def test_rows_that_are_missing_are_seen_and_padding_is_not_missed() -> None:
    content = header(1, 2) + bytes(20)  # up to where pixels begin
    assert walked("bmp", content + bytes(7)).has_all_data
    assert not walked("bmp", content + bytes(6)).has_all_data


def test_rows_from_top_to_bottom_have_a_negative_height() -> None:
    limits = dataclasses.replace(LIMITS, max_side=10)
    assert walked("bmp", header(10, -10), limits)
    with pytest.raises(DimensionsExceededError):
        walked("bmp", header(10, -11), limits)


@pytest.mark.parametrize(
    ("compression", "depth", "feature"),
    [(4, 24, "JPEG in BMP"), (12, 8, "CMYK in BMP"), (1, 4, "BMP of 4 bits a pixel with RLE8")],
)
def test_what_is_not_read_is_named(compression: int, depth: int, feature: str) -> None:
    with pytest.raises(UnsupportedFeatureError) as refusal:
        walked("bmp", header(4, 4, depth=depth, compression=compression))
    assert refusal.value.feature == feature


@pytest.mark.parametrize(("compression", "depth"), [(99, 24), (0, 0), (0, 65)])
def test_what_no_bmp_has_is_damage(compression: int, depth: int) -> None:
    with pytest.raises(CorruptImageError):
        walked("bmp", header(4, 4, depth=depth, compression=compression))


def test_a_file_of_pillow_is_whole_until_it_is_cut() -> None:
    assert walked("bmp", WHOLE["BMP"]).has_all_data
    assert not walked("bmp", WHOLE["BMP"][:-10]).has_all_data
