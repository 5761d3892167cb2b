import pytest

from images.renditions.counted.jpeg_tables import Tables


def segment(marker: int, content: bytes) -> bytes:
    return b"\xff" + bytes((marker,)) + (2 + len(content)).to_bytes(2, "big") + content


def frame(marker: int, *, height: int = 16, width: int = 24) -> bytes:
    """Grey, in blocks of 8."""
    sides = height.to_bytes(2, "big") + width.to_bytes(2, "big")
    return segment(marker, b"\x08" + sides + b"\1\1\x11\0")


def codes(table: int, first: int) -> bytes:
    """A table of one code, which stands for ``first``."""
    return segment(0xC4, bytes((table, 1)) + bytes(15) + bytes((first,)))


def scan(start: int = 0, end: int = 63, approximation: int = 0) -> bytes:
    return segment(0xDA, b"\1\1\0" + bytes((start, end, approximation)))


def read(*segments: bytes) -> Tables:
    tables = Tables()
    tables.read(b"".join(segments))
    return tables


def test_restart_markers_are_as_many_as_intervals_that_end_within() -> None:
    interval = segment(0xDD, (2).to_bytes(2, "big"))
    assert read(frame(0xC0), scan()).restarts == 0
    assert read(frame(0xC0), interval, scan()).restarts == 2  # of 6 blocks, after 2 and 4


@pytest.mark.parametrize(
    ("dc", "ac", "never_zeros"), [(0, 0, False), (5, 0, True), (0, 1, True), (0, 0xF0, True)]
)
def test_zeros_are_data_where_the_shortest_codes_mean_an_empty_block(
    dc: int,
    ac: int,
    never_zeros: bool,  # noqa: FBT001 - a parameter
) -> None:
    tables = read(frame(0xC0), codes(0x00, dc), codes(0x10, ac), scan())
    assert tables.never_zeros is never_zeros


def test_a_progressive_picture_has_all_bits_when_its_scans_bring_each() -> None:
    assert read(frame(0xC0), scan()).has_all_bits
    first = scan(0, 0, 0x00)
    assert not read(frame(0xC2), first).has_all_bits
    assert not read(frame(0xC2), first, scan(1, 63, 0x01)).has_all_bits
    assert read(frame(0xC2), first, scan(1, 63, 0x01), scan(1, 63, 0x10)).has_all_bits
