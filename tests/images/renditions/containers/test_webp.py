import dataclasses
import struct

import pytest

from images.renditions.errors import (
    CorruptImageError,
    DimensionsExceededError,
    TruncatedImageError,
)
from tests.images.renditions.samples import LIMITS, WHOLE
from tests.images.renditions.walking import walked


def riff(*chunks: tuple[bytes, bytes]) -> bytes:
    body = b"".join(
        name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) & 1)
        for name, content in chunks
    )
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WEBP" + body


def lossless(width: int, height: int) -> tuple[bytes, bytes]:
    bits = (width - 1) | (height - 1) << 14
    return b"VP8L", b"\x2f" + struct.pack("<I", bits) + bytes(20)


def test_the_size_of_each_kind_of_chunk_is_checked() -> None:
    limits = dataclasses.replace(LIMITS, max_side=100)
    canvas = (b"VP8X", bytes(4) + (100).to_bytes(3, "little") + bytes(3))
    assert walked("webp", riff(lossless(100, 100)), limits).has_all_data
    for chunks in ([lossless(101, 1)], [canvas, lossless(1, 1)]):
        with pytest.raises(DimensionsExceededError):
            walked("webp", riff(*chunks), limits)


def test_a_cut_within_the_pixels_says_how_long_the_whole_would_be() -> None:
    content = WHOLE["WEBP"]
    layout = walked("webp", content[:-30])
    assert (layout.has_all_data, layout.length) == (False, len(content))
    with pytest.raises(TruncatedImageError):
        walked("webp", content[:24])


def test_frames_are_counted() -> None:
    assert walked("webp", WHOLE["animated WEBP"]).frames == 3


def test_a_file_without_pixels_holds_no_picture() -> None:
    with pytest.raises(CorruptImageError):
        walked("webp", riff((b"EXIF", b"none")))


def test_a_missing_padding_at_the_end_is_no_damage() -> None:
    name, content = lossless(4, 4)
    assert len(content) % 2 == 1
    assert walked("webp", riff((name, content))[:-1]).has_all_data
