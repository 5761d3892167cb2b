import io

import pytest

from images.renditions import CorruptImageError, Limits, TruncatedImageError
from images.renditions.containers.boxes import Box, boxes_in, outer_boxes
from images.renditions.containers.cursor import Cursor


def box(name: bytes, content: bytes = b"", *, length: int | None = None) -> bytes:
    size = 8 + len(content) if length is None else length
    return size.to_bytes(4, "big") + name + content


def walked(content: bytes) -> Cursor:
    return Cursor(io.BytesIO(content), Limits())


def test_boxes_are_found_by_name_the_first_of_each() -> None:
    content = box(b"ftyp", b"avif") + box(b"meta", b"1234") + box(b"meta", b"5")
    assert outer_boxes(walked(content)) == {
        b"ftyp": Box(b"ftyp", 8, 12),
        b"meta": Box(b"meta", 20, 24),
    }


def test_a_length_of_64_bits_and_one_to_the_end_are_read() -> None:
    large = (1).to_bytes(4, "big") + b"meta" + (20).to_bytes(8, "big") + b"abcd"
    content = large + box(b"mdat", b"pixels", length=0)
    assert outer_boxes(walked(content)) == {
        b"meta": Box(b"meta", 16, 20),
        b"mdat": Box(b"mdat", 28, 34),
    }


def test_what_follows_a_whole_picture_is_passed_over() -> None:
    whole = box(b"meta", b"1") + box(b"mdat", b"2")
    assert set(outer_boxes(walked(whole + box(b"junk", length=9_999)))) == {b"meta", b"mdat"}
    with pytest.raises(TruncatedImageError):
        outer_boxes(walked(box(b"meta", b"1") + box(b"mdat", length=9_999)))
    with pytest.raises(TruncatedImageError):
        outer_boxes(walked(box(b"ftyp", b"avif")))


def test_a_box_ends_within_the_one_that_holds_it() -> None:
    inner = box(b"one ", b"1") + box(b"two ", b"22")
    names = [found.name for found in boxes_in(walked(inner), 0, len(inner))]
    assert names == [b"one ", b"two "]
    longer = box(b"one ", b"1", length=99)
    with pytest.raises(CorruptImageError):
        list(boxes_in(walked(longer + b"\0" * 200), 0, len(longer)))
