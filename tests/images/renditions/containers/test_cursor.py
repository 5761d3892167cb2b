import io

import pytest

from images.renditions import CorruptImageError, Limits, MetadataTooLargeError, TruncatedImageError
from images.renditions.containers.cursor import BLOCKS, WINDOW_BYTES, Cursor


def cursor(content: bytes, **limits: int) -> Cursor:
    return Cursor(io.BytesIO(content), Limits(**limits))  # type: ignore[arg-type]


def test_it_reads_on_and_never_past_the_end() -> None:
    reading = cursor(b"0123456789")
    assert (reading.read(3), reading.position) == (b"012", 3)
    reading.skip(5)
    assert reading.read_some(9) == b"89"
    assert reading.at_end
    for beyond in (lambda: reading.read(1), lambda: reading.skip(1), lambda: reading.move(11)):
        with pytest.raises(TruncatedImageError):
            beyond()
    reading.move(0)
    assert reading.read(1) == b"0"


def test_windows_join_without_a_seam() -> None:
    content = bytes(range(256)) * (WINDOW_BYTES // 128)
    reading = cursor(content)
    read = b""
    while not reading.at_end:
        read += reading.read_some(1_000)
    assert read == content
    reading.move(WINDOW_BYTES - 2)
    assert reading.read(4) == content[WINDOW_BYTES - 2 : WINDOW_BYTES + 2]


def test_a_short_file_may_have_some_blocks_and_no_file_countless_ones() -> None:
    reading = cursor(b"")
    for _ in range(BLOCKS):
        reading.count_block()
    with pytest.raises(CorruptImageError, match="too many blocks"):
        reading.count_block()
    bounded = cursor(b"x" * 100, max_blocks=2)
    bounded.count_block()
    bounded.count_block()
    with pytest.raises(CorruptImageError):
        bounded.count_block()


def test_metadata_is_counted_together() -> None:
    reading = cursor(b"", max_metadata_bytes=100)
    reading.count_metadata(60)
    assert reading.metadata_left == 40
    with pytest.raises(MetadataTooLargeError):
        reading.count_metadata(41)
