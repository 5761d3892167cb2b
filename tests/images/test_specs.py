import pytest

from images.errors import DimensionsExceeded, InvalidOperations, UnknownPreset
from images.renditions import InvalidSpecError, KnownSource, Limits, RenditionSpec
from images.specs import (
    is_slow,
    operations_spec,
    preset_specs,
    presets_check,
    size_check,
    spec_from_text,
    spec_text,
    spec_text_of_address,
)


def test_a_spec_is_written_and_read_back() -> None:
    spec = RenditionSpec(width=800, height=600, fit="cover", format="avif")  # type: ignore[arg-type]
    assert spec_text(spec) == "w_800,h_600,fit_cover,q_60.avif"
    assert spec_from_text("w_800,h_600,fit_cover,q_60.avif") == spec


@pytest.mark.parametrize("text", ["", "thumb.webp", "w_800,fit_inside,q_80", "w_0,fit_inside.png"])
def test_another_spelling_is_no_spec(text: str) -> None:
    with pytest.raises(InvalidSpecError):
        spec_from_text(text)


@pytest.mark.parametrize(
    ("spec", "extension", "text"),
    [
        ("thumb", "webp", "w_200,h_200,fit_inside,q_80.webp"),
        ("thumb", "jpg", "w_200,h_200,fit_inside,q_82.jpg"),
        ("thumb", "gif", "thumb.gif"),
        ("w_9,fit_inside", "png", "w_9,fit_inside.png"),
    ],
)
def test_an_address_names_a_row(spec: str, extension: str, text: str) -> None:
    assert spec_text_of_address(spec, extension) == text


def test_presets_are_made_in_two_formats_and_once() -> None:
    texts = list(map(spec_text, preset_specs(["thumb", "thumb"], fallback="png")))
    assert texts == ["w_200,h_200,fit_inside,q_80.webp", "w_200,h_200,fit_inside.png"]


def test_an_unknown_preset_is_named() -> None:
    with pytest.raises(UnknownPreset) as refused:
        presets_check(["huge"])
    assert refused.value.errors[0].pointer == "/presets"


def test_the_field_at_fault_is_named() -> None:
    with pytest.raises(InvalidOperations) as refused:
        operations_spec(quality=0)
    assert refused.value.errors[0].pointer == "/ops/quality"


def test_avif_is_slow() -> None:
    assert is_slow([RenditionSpec(format="avif"), RenditionSpec()])
    assert not is_slow([RenditionSpec()])


def test_a_rendition_that_needs_too_much_memory_is_refused_when_it_is_asked_for() -> None:
    """A phone's picture of 200 million pixels is decoded at a fraction, unless all of it is asked
    for."""
    source = KnownSource("jpeg", 16_320, 12_240, has_alpha=False)
    size_check([RenditionSpec(1600, 1600)], source=source, limits=Limits())
    with pytest.raises(DimensionsExceeded, match="MB of memory"):
        size_check([RenditionSpec(8000, 8000)], source=source, limits=Limits())
