import io
from random import Random

import numpy as np
import pytest
from PIL import Image, ImageFile

from images.renditions import OUTPUT_FORMATS, RenditionSpec
from images.renditions.content import content_of
from images.renditions.encoding import _options, encode
from tests.images.renditions.drawn import made, photograph, text
from tests.images.renditions.samples import picture, psnr, rendered, saved


@pytest.mark.parametrize("mode", ["LA", "RGBA"])
@pytest.mark.parametrize("image_format", ["png", "webp", "avif"])
def test_alpha_is_kept_where_the_format_has_it(mode: str, image_format: str) -> None:
    source = picture(mode=mode)
    made = rendered(saved(source, "PNG"), RenditionSpec(format=image_format, quality=95))
    expected = np.asarray(source.getchannel("A"))
    assert psnr(np.asarray(made.convert("RGBA"))[..., 3], expected) > 35


@pytest.mark.parametrize("mode", ["LA", "RGBA"])
def test_alpha_becomes_white_in_jpeg(mode: str) -> None:
    image = Image.new(mode, (16, 16))
    made = rendered(saved(image, "PNG"), RenditionSpec(format="jpeg"))
    assert set(made.convert("L").tobytes()) == {255}


def test_grey_stays_grey_in_jpeg() -> None:
    assert rendered(saved(picture(mode="L"), "PNG"), RenditionSpec(format="jpeg")).mode == "L"


def test_photographs_store_half_the_chroma_and_coloured_text_all_of_it() -> None:
    halved, whole = (
        Image.open(io.BytesIO(made(i, "jpeg"))) for i in (photograph(), text("red", "blue"))
    )
    assert halved.layer[0][1:3] == (2, 2)  # type: ignore[attr-defined]
    assert whole.layer[0][1:3] == (1, 1)  # type: ignore[attr-defined]


def test_jpeg_is_progressive() -> None:
    assert Image.open(io.BytesIO(made(photograph(), "jpeg"))).info["progressive"]


@pytest.mark.parametrize("mode", ["RGB", "L"])
@pytest.mark.parametrize("quality", [82, 94, 95, 100])
def test_noise_fits_into_every_format(mode: str, quality: int) -> None:
    """Noise is the largest file that there can be, and no buffer may be too small for it."""
    size = (211, 200)
    noise = Random(1).randbytes(size[0] * size[1] * len(mode))
    image = Image.frombytes(mode, size, noise)
    block = ImageFile.MAXBLOCK
    for name in OUTPUT_FORMATS:
        kept = None if name == "png" else quality
        made = encode(image, RenditionSpec(*size, format=name, quality=kept))
        assert Image.open(io.BytesIO(made)).size == size
    assert block == ImageFile.MAXBLOCK


def test_the_effort_falls_where_a_picture_is_too_large_for_it() -> None:
    tile = photograph().resize((64, 64))
    small, large = (Image.new("RGB", (side, side)) for side in (2_000, 2_002))
    for image in (small, large):
        image.paste(tile)
    efforts = [
        _options(RenditionSpec(format="avif"), content_of(image), image.width * image.height)
        for image in (small, large)
    ]
    assert [effort["speed"] for effort in efforts] == [6, 9]
