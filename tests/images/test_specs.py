import pytest

from images.errors import DimensionsExceeded, InvalidOperations, UnknownPreset
from images.renditions import KnownSource, Limits, RenditionSpec
from images.specs import (
    operations_spec,
    preset_specs,
    presets_check,
    size_check,
    text_of_url,
)


@pytest.mark.parametrize(
    ("spec", "extension", "text"),
    [
        ("thumb", "webp", "w_200,h_200,fit_inside,q_80.webp"),
        ("thumb", "jpg", "w_200,h_200,fit_inside,q_82.jpg"),
        ("thumb", "gif", "thumb.gif"),
        ("w_9,fit_inside", "png", "w_9,fit_inside.png"),
    ],
)
def test_a_url_names_a_row(spec: str, extension: str, text: str) -> None:
    assert text_of_url(spec, extension) == text


def test_presets_are_made_in_two_formats_and_once() -> None:
    texts = list(map(str, preset_specs(["thumb", "thumb"], fallback="png")))
    assert texts == ["w_200,h_200,fit_inside,q_80.webp", "w_200,h_200,fit_inside.png"]


def test_an_unknown_preset_is_named() -> None:
    with pytest.raises(UnknownPreset) as refused:
        presets_check(["huge"])
    assert refused.value.errors[0].pointer == "/presets"


def test_the_field_at_fault_is_named() -> None:
    with pytest.raises(InvalidOperations) as refused:
        operations_spec(quality=0)
    assert refused.value.errors[0].pointer == "/ops/quality"


def test_a_rendition_that_needs_too_much_memory_is_refused_when_it_is_asked_for() -> None:
    """A phone's picture of 200 million pixels is decoded at a fraction, unless all of it is asked
    for."""
    source = KnownSource("jpeg", 16_320, 12_240, has_alpha=False)
    size_check([RenditionSpec(1600, 1600)], source=source, limits=Limits())
    with pytest.raises(DimensionsExceeded, match="MB of memory"):
        size_check([RenditionSpec(8000, 8000)], source=source, limits=Limits())
