"""One spec of one original is one picture: as sharp alone as in a set, and the same bytes."""

import io
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps

from images.renditions import PRESETS, Fit, RenditionSpec, probe, render, render_all
from images.renditions.color import to_srgb
from images.renditions.decoding import decode_at, decode_each
from images.renditions.draft import DRAFT_GAP, SHARED_SIDE, draft_scale
from images.renditions.spec import plan_geometry
from tests.images.renditions.samples import (
    LIMITS,
    PHOTOGRAPHS,
    gps_exif,
    photograph,
    picture,
    psnr,
    saved,
)

pytestmark = pytest.mark.long

LEAST_PSNR = 43.0
LARGE = "mountains, mirrored"
NAMES = [
    *sorted(path.name for path in PHOTOGRAPHS.iterdir() if path.suffix in {".jpg", ".png"}),
    LARGE,
]
SPECS = [
    *(preset.spec("png") for preset in PRESETS.values()),
    *(RenditionSpec(side, format="png") for side in (64, 333, 1111)),
    RenditionSpec(500, 300, Fit.COVER, "png"),
    RenditionSpec(96, 96, Fit.COVER, "png"),
]


@cache
def source(name: str) -> bytes:
    """A photograph; the large one is wide enough to be decoded at half its size."""
    if name != LARGE:
        return photograph(name).getvalue()
    tile = Image.open(photograph("mountains.jpg"))
    wide = Image.new("RGB", (3 * tile.width, tile.height))
    for i, piece in enumerate((tile, ImageOps.mirror(tile), tile)):
        wide.paste(piece, (i * tile.width, 0))
    return saved(wide, "JPEG", quality=90)


@cache
def whole(name: str) -> Image.Image:
    """The full-size decode, upright, with alpha."""
    opened = Image.open(io.BytesIO(source(name)))
    profile = opened.info.get("icc_profile")
    upright = ImageOps.exif_transpose(opened)
    upright.info["icc_profile"] = profile
    return upright


@cache
def pictures(name: str) -> dict[RenditionSpec, Image.Image]:
    """The pixels of all of ``SPECS``, made in one set."""
    file = io.BytesIO(source(name))
    facts = probe(file, LIMITS)
    frames = {spec: plan_geometry(spec, facts.width, facts.height).frame for spec in SPECS}
    made = dict(decode_each(file, facts, frames.values(), LIMITS))
    return {spec: made[frame] for spec, frame in frames.items()}


def straight(image: Image.Image) -> np.ndarray:
    """The pixels, of which the transparent ones are black."""
    return np.asarray(image.convert("RGBa") if image.mode == "RGBA" else image)


@pytest.mark.parametrize("name", NAMES)
def test_every_size_is_as_sharp_as_one_full_filter(name: str) -> None:
    full = whole(name)
    for spec, made in pictures(name).items():
        small = full.resize(made.size, Image.Resampling.LANCZOS)
        reference = to_srgb(small, full.info["icc_profile"])
        likeness = psnr(straight(made), straight(reference))
        assert likeness >= LEAST_PSNR, f"{spec}: {likeness:.1f} dB"


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_alone_is_that_of_the_set(name: str) -> None:
    file = io.BytesIO(source(name))
    facts = probe(file, LIMITS)
    for spec in SPECS[2:5]:
        of_set = pictures(name)[spec]
        assert decode_at(file, facts, of_set.size, LIMITS) == of_set


STRIPS = {
    "JPEG of two scales": saved(picture(6_400, 24), "JPEG"),
    "JPEG on its side": saved(picture(24, 6_400), "JPEG", exif=gps_exif(6)),
    "PNG with alpha": saved(picture(640, 24, "RGBA"), "PNG"),
    "palette": saved(picture(640, 24).quantize(16), "PNG", transparency=1),
}
sides = st.sampled_from([None, 1, 7, 20, 64, 300, 1_600, 2_000, 3_000, 6_400])
formats = st.sampled_from(["png", "jpeg", "webp"])
inside = st.builds(RenditionSpec, sides, sides, format=formats)
box = st.sampled_from([3, 16, 24, 90])
cover = st.builds(RenditionSpec, box, box, st.just(Fit.COVER), formats)


@pytest.mark.parametrize("kind", STRIPS)
@settings(max_examples=12, deadline=None)
@given(specs=st.lists(st.one_of(inside, cover), min_size=1, max_size=6))
def test_no_set_and_no_order_changes_a_byte(kind: str, specs: list[RenditionSpec]) -> None:
    file = io.BytesIO(STRIPS[kind])
    made = {rendition.spec: rendition.content for rendition in render_all(file, specs, LIMITS)}
    back = {r.spec: r.content for r in render_all(file, specs[::-1], LIMITS)}
    assert made == back
    alone = specs[0]
    assert made[alone] == render(file, alone, LIMITS).content


def test_a_strip_is_of_two_scales() -> None:
    facts = probe(io.BytesIO(STRIPS["JPEG of two scales"]), LIMITS)
    scales = {draft_scale((facts.width, facts.height), (side, 1)) for side in (20, 6_400)}
    assert scales == {1, 2}


@given(
    st.tuples(st.integers(1, 20_000), st.integers(1, 20_000)),
    st.integers(1, 8_192),
    st.integers(1, 8_192),
)
def test_a_larger_target_is_never_decoded_smaller(
    size: tuple[int, int], one: int, other: int
) -> None:
    small, large = sorted((one, other))
    scale = draft_scale(size, (large, 1))
    assert draft_scale(size, (small, 1)) >= scale
    assert scale == 1 or max(size) / scale >= DRAFT_GAP * max(large, SHARED_SIDE)
