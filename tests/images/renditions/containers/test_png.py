import struct
import zlib

import pytest

from images.renditions.errors import (
    CorruptImageError,
    MetadataTooLargeError,
    TruncatedImageError,
)
from tests.images.renditions.samples import WHOLE, png_chunk, png_of
from tests.images.renditions.walking import walked

EXIF = b"MM\0*\0\0\0\x08"


def test_exif_in_its_own_chunk_counts_for_more_than_in_a_text() -> None:
    text = png_chunk(b"tEXt", b"Raw profile type exif\0\nexif\n4\n" + b"old!".hex().encode())
    own = png_chunk(b"eXIf", EXIF)
    assert walked("png", png_of(text)).exif == b"old!"
    assert walked("png", png_of(text, own)).exif == EXIF
    assert walked("png", png_of(own, text)).exif == EXIF


def test_a_wrong_checksum_counts_for_pixels_and_palette_only() -> None:
    whole = png_of()
    damaged = whole[:-16] + bytes((whole[-16] ^ 1,)) + whole[-15:]  # the last byte of IDAT's
    assert not walked("png", damaged).has_all_data
    assert walked("png", png_of(png_chunk(b"tEXt", b"Comment\0a", crc=1))).has_all_data
    with pytest.raises(CorruptImageError, match="palette"):
        walked("png", png_of(png_chunk(b"PLTE", bytes(3), crc=1)))


def test_a_file_that_ends_early_is_taken_once_it_has_pixels() -> None:
    whole = png_of()
    assert not walked("png", whole[:-12]).has_end
    with pytest.raises(TruncatedImageError):
        walked("png", whole[: whole.index(b"IDAT") - 4])


def test_a_text_counts_at_the_size_that_it_inflates_to() -> None:
    bomb = png_chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(20_000_000)))
    with pytest.raises(MetadataTooLargeError):
        walked("png", png_of(bomb))


def test_frames_are_those_that_are_announced_or_there() -> None:
    assert walked("png", WHOLE["animated PNG"]).frames == 3
    announced = png_chunk(b"acTL", struct.pack(">II", 7, 0))
    assert walked("png", png_of(announced)).frames == 7
