import dataclasses

import pytest

from images.renditions.errors import (
    CorruptImageError,
    DimensionsExceededError,
    MetadataTooLargeError,
    TruncatedImageError,
)
from tests.images.renditions.samples import LIMITS, gif
from tests.images.renditions.walking import walked


def test_frames_are_counted_to_the_second() -> None:
    assert [walked("gif", gif([(8, 8)] * count)).frames for count in (1, 2, 5)] == [1, 2, 2]


def test_the_codes_of_the_first_frame_are_found_and_may_be_cut() -> None:
    content = gif([(8, 8)])
    ((start, end),) = walked("gif", content).data
    assert content[start:end] == b"\x02\x4c\x01\x00"
    assert walked("gif", content[: end - 2]).data == ((start, end - 2),)
    with pytest.raises(TruncatedImageError):
        walked("gif", content[: start - 1])


def test_a_frame_outside_its_canvas_grows_it() -> None:
    limits = dataclasses.replace(LIMITS, max_side=9)
    assert walked("gif", gif([(9, 9)]), limits).frames == 1
    with pytest.raises(DimensionsExceededError):
        walked("gif", gif([(10, 1)]), limits)


def test_comments_are_bounded_together() -> None:
    whole = gif([(8, 8)])
    at = whole.index(b"\x2c")
    comment = b"\x21\xfe" + (b"\xff" + bytes(255)) * 1_100 + b"\0"
    with pytest.raises(MetadataTooLargeError):
        walked("gif", whole[:at] + comment + whole[at:])


def test_a_file_without_a_frame_holds_no_picture() -> None:
    with pytest.raises(CorruptImageError):
        walked("gif", gif([]))
