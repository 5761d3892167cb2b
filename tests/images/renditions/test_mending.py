import io

import pytest
from PIL import Image

from images.renditions.mending import mended
from tests.images.renditions.samples import picture, pixels, saved


@pytest.mark.parametrize("kind", ["WEBP", "BMP", "TIFF"])
def test_a_cut_file_gets_the_length_that_it_says_and_its_first_rows_are_kept(kind: str) -> None:
    whole = saved(picture(64, 64), kind)
    cut = whole[: len(whole) - len(whole) // 4]
    file = mended(io.BytesIO(cut), kind.lower(), len(whole))
    content = file.read()
    assert len(content) == len(whole)
    assert content.startswith(cut[:4])
    with Image.open(io.BytesIO(content)) as opened:
        assert opened.size == (64, 64)


def test_a_webp_that_is_longer_than_it_says_is_cut_and_says_so() -> None:
    whole = saved(picture(64, 64), "WEBP", lossless=True)
    content = mended(io.BytesIO(whole + b"what follows"), "webp", len(whole)).read()
    assert content == whole
    assert (pixels(content) == pixels(whole)).all()
