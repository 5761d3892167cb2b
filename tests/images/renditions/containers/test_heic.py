import pytest

from images.renditions.errors import TruncatedImageError, UnsupportedFormatError
from tests.images.renditions.samples import WHOLE, heic, picture
from tests.images.renditions.walking import walked


def test_pictures_beside_the_primary_one_are_no_frames() -> None:
    content = heic(picture(48, 32), picture(24, 16))
    layout = walked("heic", content)
    assert layout.frames == 1
    assert layout.held_bytes >= 2 * 48 * 32 * 1.5


def test_another_coding_is_named() -> None:
    content = WHOLE["HEIC"].replace(b"hvc1", b"av01")
    with pytest.raises(UnsupportedFormatError, match="HEIF with AV1"):
        walked("heic", content)


def test_a_sequence_without_a_still_picture_is_not_read() -> None:
    content = WHOLE["HEIC"].replace(b"meta", b"moov")
    with pytest.raises(UnsupportedFormatError, match="without a still picture"):
        walked("heic", content)


def test_a_file_without_data_has_been_cut() -> None:
    with pytest.raises(TruncatedImageError):
        walked("heic", WHOLE["HEIC"].replace(b"mdat", b"free"))
