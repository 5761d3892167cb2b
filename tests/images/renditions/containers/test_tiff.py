import pytest

from images.renditions.errors import CorruptImageError, TruncatedImageError
from tests.images.renditions.samples import WHOLE, picture, saved
from tests.images.renditions.walking import walked


@pytest.mark.parametrize("big", [False, True])
def test_both_sizes_of_offsets_are_read(big: bool) -> None:  # noqa: FBT001 - a parameter
    content = saved(picture(), "TIFF", big_tiff=big)
    assert content[2:4] == (b"+\0" if big else b"*\0")
    assert walked("tiff", content).has_all_data


def test_strips_beyond_the_end_are_missing() -> None:
    content = saved(picture(40, 30), "TIFF")
    assert walked("tiff", content).has_all_data
    assert not walked("tiff", content[:-20]).has_all_data


@pytest.mark.parametrize("start", [b"II*\0\xff\xff\xff\xff", b"II*\0\x08\0\0\0"])
def test_a_directory_that_is_not_there_is_a_cut(start: bytes) -> None:
    with pytest.raises(TruncatedImageError):
        walked("tiff", start)


def test_a_directory_without_a_size_is_damage() -> None:
    with pytest.raises(CorruptImageError, match="does not give the size"):
        walked("tiff", b"II*\0\x08\0\0\0" + bytes(2))


def test_too_many_entries_are_damage() -> None:
    with pytest.raises(CorruptImageError, match="too many entries"):
        walked("tiff", b"II*\0\x08\0\0\0\xff\xff")
    assert walked("tiff", WHOLE["LZW TIFF"]).has_all_data
