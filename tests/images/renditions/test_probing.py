import io

import pytest

from images.renditions import Limits, UnsupportedFormatError, probe
from images.renditions.errors import DimensionsExceededError, TruncatedImageError
from tests.images.renditions.samples import LIMITS, gps_exif, picture, pixel_bomb, saved


@pytest.mark.parametrize(
    ("kind", "mode", "has_alpha"),
    [("JPEG", "RGB", False), ("PNG", "RGBA", True), ("WEBP", "RGBA", True), ("GIF", "L", False)],
)
def test_the_header_tells_format_size_and_alpha(kind: str, mode: str, has_alpha: object) -> None:
    facts = probe(io.BytesIO(saved(picture(60, 40, mode), kind)), LIMITS)
    assert (facts.format, facts.width, facts.height) == (kind.lower(), 60, 40)
    assert (facts.has_alpha, facts.animated, facts.is_turned) == (has_alpha, False, False)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_width_and_height_are_those_of_the_upright_picture(orientation: int) -> None:
    content = saved(picture(60, 40), "JPEG", exif=gps_exif(orientation))
    facts = probe(io.BytesIO(content), LIMITS)
    assert (facts.width, facts.height) == ((40, 60) if orientation >= 5 else (60, 40))
    assert facts.is_turned is (orientation >= 5)


def test_nothing_is_decoded_to_refuse_a_bomb() -> None:
    with pytest.raises(DimensionsExceededError):
        probe(io.BytesIO(pixel_bomb()), Limits(max_side=1_000))


def test_what_has_no_name_here_is_refused_with_the_names_of_what_is_taken() -> None:
    with pytest.raises(UnsupportedFormatError, match=r"accepted are JPEG, PNG, .* and HEIC"):
        probe(io.BytesIO(b"%PDF-1.7 and so on"), LIMITS)


def test_the_strict_refuse_where_the_structure_shows_that_pixels_are_missing() -> None:
    content = saved(picture(60, 40), "BMP")[:-500]
    assert not probe(io.BytesIO(content), LIMITS).layout.has_all_data
    with pytest.raises(TruncatedImageError):
        probe(io.BytesIO(content), Limits(refuse_incomplete=True))
