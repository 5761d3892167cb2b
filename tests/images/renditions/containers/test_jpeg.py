import dataclasses
import struct
from typing import Any

import pytest

from images.renditions.errors import (
    CorruptImageError,
    TruncatedImageError,
    UnsupportedFeatureError,
)
from tests.images.renditions.samples import LIMITS, WHOLE, picture, saved
from tests.images.renditions.walking import walked


def frame(marker: int, *, bits: int = 8, height: int = 8) -> bytes:
    body = struct.pack(">BHHB", bits, height, 8, 1) + b"\x01\x11\0"
    return b"\xff\xd8\xff" + bytes((marker,)) + struct.pack(">H", 2 + len(body)) + body


def test_the_data_of_each_scan_is_found() -> None:
    content = WHOLE["progressive JPEG"]
    layout = walked("jpeg", content)
    assert len(layout.data) > 5
    assert all(content[end] == 0xFF for _, end in layout.data)
    assert len(walked("jpeg", WHOLE["JPEG"]).data) == 1


def test_coefficients_are_held_where_scans_come_again() -> None:
    image = picture(64, 32)
    baseline, progressive = (
        walked("jpeg", saved(image, "JPEG", progressive=progressive, subsampling=0))
        for progressive in (False, True)
    )
    assert (baseline.held_bytes, progressive.held_bytes) == (0, 64 * 32 * 3 * 2)


def test_a_cut_within_the_pixels_is_taken_and_one_before_them_is_not() -> None:
    content = WHOLE["JPEG"]
    ((start, _end),) = walked("jpeg", content).data
    assert not walked("jpeg", content[: start + 20]).has_end
    with pytest.raises(TruncatedImageError):
        walked("jpeg", content[: start - 4])


@pytest.mark.parametrize(
    ("content", "feature"),
    [
        (frame(0xC3), "lossless JPEG"),
        (frame(0xC9), "arithmetic coding in JPEG"),
        (frame(0xC1, bits=12), "JPEG with 12 bits a sample"),
        (frame(0xC0, height=0), "JPEG that gives its height after its pixels"),
    ],
)
def test_what_is_not_read_is_named(content: bytes, feature: str) -> None:
    with pytest.raises(UnsupportedFeatureError) as refusal:
        walked("jpeg", content)
    assert refusal.value.feature == feature


def test_scans_are_bounded_by_number_and_by_their_pixels() -> None:
    content = WHOLE["progressive JPEG"]
    scans = len(walked("jpeg", content).data)
    bounds: list[dict[str, Any]] = [
        {"max_scans": scans - 1},
        {"max_scan_pixels": scans * 48 * 32 - 1},
    ]
    for bound in bounds:
        with pytest.raises(CorruptImageError, match="too many scans"):
            walked("jpeg", content, dataclasses.replace(LIMITS, **bound))
