import re
from dataclasses import dataclass, fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from images.renditions import (
    MAX_OUTPUT_SIDE,
    OUTPUT_FORMATS,
    PRESETS,
    Fit,
    InvalidSpecError,
    OutputTooLargeError,
    RenditionSpec,
    output_size,
    parse_spec,
    preset_of,
)
from images.renditions.spec import plan_geometry
from tests.images.renditions.samples import Toned

sides = st.integers(1, MAX_OUTPUT_SIDE)
formats = st.sampled_from(OUTPUT_FORMATS)
qualities = st.none() | st.integers(1, 100)
inside = st.builds(
    RenditionSpec, st.none() | sides, st.none() | sides, st.just(Fit.INSIDE), formats, qualities
)
cover = st.builds(RenditionSpec, sides, sides, st.just(Fit.COVER), formats, qualities)
sources = st.tuples(st.integers(1, 16_383), st.integers(1, 16_383))


@given(inside | cover)
def test_the_canonical_text_says_all_and_comes_back(spec: RenditionSpec) -> None:
    assert parse_spec(str(spec)) == spec


@given(inside | cover, inside | cover)
def test_specs_that_differ_differ_in_their_text(one: RenditionSpec, other: RenditionSpec) -> None:
    assert (str(one) == str(other)) is (one == other)


@dataclass(frozen=True)
class Forgetful(RenditionSpec):
    """An operation without a key and a reader."""

    tone: str = ""


def test_an_added_operation_is_in_the_text_or_there_is_no_text() -> None:
    texts = {str(Toned(100, 100, tone=tone)) for tone in (None, "sepia", "grey")}
    assert len(texts) == 3
    assert str(RenditionSpec(100, 100)) in texts, "what says no more than before is called the same"
    with pytest.raises(KeyError):
        str(Forgetful(100, 100, tone="sepia"))


def test_the_parts_of_the_text_cannot_run_together() -> None:
    keys = [each.metadata["key"] for each in fields(RenditionSpec) if each.name != "format"]
    assert len(set(keys)) == len(keys)
    assert all(re.fullmatch("[a-z]+", key) for key in keys)
    assert all(re.fullmatch("[a-z]+", fit) for fit in Fit)


@given(st.text(alphabet="whfitqcoversd_,.0123456789jpgwebn", max_size=40))
def test_what_is_parsed_is_canonical(text: str) -> None:
    try:
        spec = parse_spec(text)
    except InvalidSpecError:
        return
    assert str(spec) == text


def test_the_canonical_text_is_the_documented_one() -> None:
    spec = RenditionSpec(800, 600, Fit.COVER, "webp", 80)
    assert str(spec) == "w_800,h_600,fit_cover,q_80.webp"
    assert spec.operations == "w_800,h_600,fit_cover,q_80"
    assert str(RenditionSpec(800, format="jpeg")) == "w_800,fit_inside,q_82.jpg"
    assert str(RenditionSpec(height=5, format="png")) == "h_5,fit_inside.png"


def test_another_format_has_its_own_quality() -> None:
    spec = RenditionSpec(800, 600, Fit.COVER, "webp", 75)
    assert str(spec.in_format("png")) == "w_800,h_600,fit_cover.png"
    assert str(spec.in_format("png").in_format("jpeg")) == "w_800,h_600,fit_cover,q_82.jpg"


@given(inside | cover)
def test_without_its_box_a_spec_keeps_format_and_quality(spec: RenditionSpec) -> None:
    assert spec.unboxed() == RenditionSpec(format=spec.format, quality=spec.quality)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "w_800,fit_inside,q_80",
        "w_800,fit_inside,q_80.gif",
        "w_800,fit_inside,q_80.WEBP",
        "w_800,fit_inside,q_80.webp.webp",
        "w_+800,fit_inside,q_80.webp",
        "w_8_0_0,fit_inside,q_80.webp",
        "w_800,fit_inside,q_80,tone_sepia.webp",
        "format_webp,fit_inside,q_80.webp",
        f"w_{'8' * 5000},fit_inside,q_80.webp",
        ".webp",
        "thumb.webp",
        "w_800.webp",
        "h_600,w_800,fit_cover,q_80.webp",
        "w_0800,h_600,fit_cover,q_80.webp",
        "w_800,h_600,fit_cover.webp",
        "w_800,h_600,fit_cover,q_080.webp",
        "w_800,h_600,fit_cover,q_101.webp",
        "w_8193,fit_inside,q_80.webp",
        "w_800,fit_cover,q_80.webp",
        "w_800,h_600,fit_pad,q_80.webp",
        "w_800,h_600,fit_cover,q_80,.webp",
        "w_800,h_600,fit_cover,q_80.webp\n",
        "W_800,h_600,fit_cover,q_80.webp",
        "w_٨٠٠,fit_inside,q_80.webp",
        "w_800,h_600,fit_cover,q_80,q_80.webp",
    ],
)
def test_any_other_spelling_is_refused(text: str) -> None:
    with pytest.raises(InvalidSpecError):
        parse_spec(text)


def test_a_png_has_no_quality() -> None:
    assert RenditionSpec(5, format="png", quality=3) == RenditionSpec(5, format="png")
    with pytest.raises(InvalidSpecError):
        parse_spec("w_5,fit_inside,q_80.png")


@pytest.mark.parametrize(
    ("fields", "at_fault"),
    [
        ({"width": 0}, "width"),
        ({"height": 8193}, "height"),
        ({"quality": 0}, "quality"),
        ({"quality": 101}, "quality"),
        ({"format": "gif"}, "format"),
        ({"fit": "pad"}, "fit"),
        ({"fit": "cover", "width": 10}, "fit"),
    ],
)
def test_a_refusal_names_its_field(fields: dict[str, object], at_fault: str) -> None:
    with pytest.raises(InvalidSpecError) as refusal:
        RenditionSpec(**fields)  # type: ignore[arg-type]
    assert refusal.value.field == at_fault


@given(inside, sources)
def test_inside_fits_keeps_the_shape_and_never_enlarges(
    spec: RenditionSpec, source: tuple[int, int]
) -> None:
    try:
        width, height = output_size(spec, *source)
    except OutputTooLargeError:
        return
    assert 1 <= width <= min(source[0], spec.width or source[0])
    assert 1 <= height <= min(source[1], spec.height or source[1])
    scale = min(1, (spec.width or source[0]) / source[0], (spec.height or source[1]) / source[1])
    assert abs(width - source[0] * scale) < 1
    assert abs(height - source[1] * scale) < 1


@given(cover, sources)
def test_a_cover_has_the_shape_of_its_box_within_the_source(
    spec: RenditionSpec, source: tuple[int, int]
) -> None:
    assert spec.width is not None
    assert spec.height is not None
    geometry = plan_geometry(spec, *source)
    width, height = geometry.size
    assert width <= geometry.frame[0] <= source[0]
    assert height <= geometry.frame[1] <= source[1]
    if spec.width <= source[0] and spec.height <= source[1]:
        assert geometry.size == (spec.width, spec.height)
    else:
        scale = min(source[0] / spec.width, source[1] / spec.height)
        assert abs(width - spec.width * scale) <= 1
        assert abs(height - spec.height * scale) <= 1


@pytest.mark.parametrize(
    ("spec", "source", "size"),
    [
        (RenditionSpec(200, 200), (4000, 3000), (200, 150)),
        (RenditionSpec(200, 200), (3000, 4000), (150, 200)),
        (RenditionSpec(200, 200), (120, 80), (120, 80)),
        (RenditionSpec(200, 200), (16_383, 1), (200, 1)),
        (RenditionSpec(width=100), (300, 900), (100, 300)),
        (RenditionSpec(height=100), (300, 900), (33, 100)),
        (RenditionSpec(), (300, 900), (300, 900)),
        (RenditionSpec(800, 600, Fit.COVER), (4000, 4000), (800, 600)),
        (RenditionSpec(800, 600, Fit.COVER), (400, 400), (400, 300)),
        (RenditionSpec(800, 600, Fit.COVER), (1000, 300), (400, 300)),
    ],
)
def test_sizes_are_exact(
    spec: RenditionSpec, source: tuple[int, int], size: tuple[int, int]
) -> None:
    assert output_size(spec, *source) == size


def test_a_side_beyond_the_limit_is_refused_when_planned() -> None:
    with pytest.raises(OutputTooLargeError) as refusal:
        output_size(RenditionSpec(width=8192, format="png"), 8192, 8193)
    assert refusal.value.field == "height"
    assert output_size(RenditionSpec(width=8191, format="png"), 8191, 8192) == (8191, 8192)


def test_the_presets_are_the_documented_ones() -> None:
    assert {name: preset.side for name, preset in PRESETS.items()} == {
        "thumb": 200,
        "small": 480,
        "medium": 800,
        "large": 1600,
    }
    thumb = PRESETS["thumb"]
    assert [spec.format for spec in thumb.specs()] == ["webp", "jpeg"]
    assert [spec.format for spec in thumb.specs(fallback="png")] == ["webp", "png"]
    assert str(thumb.spec("jpeg")) == "w_200,h_200,fit_inside,q_82.jpg"


def test_a_spec_knows_its_preset() -> None:
    assert preset_of(RenditionSpec(480, 480, format="webp")) == "small"
    assert preset_of(RenditionSpec(480, 480, format="webp", quality=79)) is None
    assert preset_of(RenditionSpec(480, 481)) is None
