import io

import numpy as np
import pytest
from PIL import Image

from images.renditions import (
    Fit,
    RenditionSpec,
    probe,
    render,
)
from tests.images.renditions.samples import (
    LIMITS,
    PNG,
    animation,
    gps_exif,
    picture,
    pixels,
    psnr,
    rendered,
    saved,
    turned_for,
)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_comes_out_upright(orientation: int, kind: str) -> None:
    upright = picture()
    stored = turned_for(upright, orientation)
    options = {} if kind in {"PNG", "TIFF"} else {"quality": 95}
    content = saved(stored, kind, exif=gps_exif(orientation), **options)
    facts = probe(io.BytesIO(content), LIMITS)
    assert (facts.width, facts.height) == (120, 80)
    made = rendered(content, RenditionSpec(60, 60, format="png"))
    assert made.size == (60, 40)
    expected = np.asarray(upright.resize((60, 40), Image.Resampling.LANCZOS))
    assert psnr(np.asarray(made.convert("RGB")), expected) > 33
    assert made.getexif().get(0x0112) is None


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_cover_is_cropped_as_the_upright_picture_lies(orientation: int) -> None:
    stored = turned_for(picture(), orientation)
    content = saved(stored, "PNG", exif=gps_exif(orientation))
    made = rendered(content, RenditionSpec(40, 40, Fit.COVER, "png"))
    expected = picture().resize((60, 40), Image.Resampling.LANCZOS).crop((10, 0, 50, 40))
    assert psnr(np.asarray(made), np.asarray(expected)) > 40


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP", "AVIF"])
def test_an_animation_gives_its_first_frame_and_a_flag(kind: str) -> None:
    content = animation(kind)
    facts = probe(io.BytesIO(content), LIMITS)
    assert facts.animated
    made = render(io.BytesIO(content), PNG, LIMITS)
    expected = np.asarray(picture(40, 30))
    assert psnr(pixels(made.content), expected) > 25
    assert not getattr(Image.open(io.BytesIO(made.content)), "is_animated", False)


def test_a_phones_second_picture_is_not_an_animation() -> None:
    content = saved(picture(), "MPO", save_all=True, append_images=[picture(60, 40)])
    facts = probe(io.BytesIO(content), LIMITS)
    assert (facts.format, facts.mime, facts.animated) == ("jpeg", "image/jpeg", False)
    made = rendered(content, RenditionSpec(30, 30, format="png"))
    expected = picture().resize((30, 20), Image.Resampling.LANCZOS)
    assert psnr(np.asarray(made), np.asarray(expected)) > 33
