import pytest

from images.renditions.errors import TruncatedImageError
from tests.images.renditions.samples import WHOLE, picture, saved
from tests.images.renditions.walking import walked


@pytest.mark.parametrize(("subsampling", "bytes_each"), [("4:2:0", 1.5), ("4:4:4", 3.0)])
def test_a_decoder_holds_the_planes_twice(subsampling: str, bytes_each: float) -> None:
    content = saved(picture(40, 30), "AVIF", subsampling=subsampling)
    assert walked("avif", content).held_bytes == 2 * 40 * 30 * bytes_each


def test_what_follows_the_picture_is_passed_over() -> None:
    content = WHOLE["AVIF"]
    assert walked("avif", content + b"\0\0\1\0free") == walked("avif", content)
    with pytest.raises(TruncatedImageError):
        walked("avif", content[:-1])
