import io
from functools import cache

import numpy as np
import pytest
import pyvips
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from images.renditions import (
    OUTPUT_FORMATS,
    PRESETS,
    Fit,
    RenderedFile,
    RenditionSpec,
    output_size,
    probe,
    render,
    render_all,
)
from tests.images.renditions.samples import (
    LIMITS,
    PHOTOGRAPHS,
    gps_exif,
    photograph,
    picture,
    pixels,
    psnr,
    saved,
)

pytestmark = pytest.mark.long

NAMES = sorted(path.name for path in PHOTOGRAPHS.iterdir() if path.suffix in {".jpg", ".png"})
LEAST_PSNR = {"png": 38.0, "jpeg": 30.0, "webp": 30.0, "avif": 30.0}


@cache
def reference_source(name: str) -> pyvips.Image:
    """libvips' own full-size decode, turned and converted to sRGB, with alpha laid on white."""
    image = pyvips.Image.new_from_file(str(PHOTOGRAPHS / name)).autorot()
    if image.get_typeof("icc-profile-data"):
        image = image.icc_transform(
            "srgb", intent="relative", black_point_compensation=True, embedded=True
        )
    return image.copy_memory()


@cache
def reference(name: str, width: int, height: int) -> np.ndarray:
    image = reference_source(name)
    if image.hasalpha():
        image = image.premultiply()
    scale = width / image.width, height / image.height
    image = image.resize(scale[0], vscale=scale[1], kernel="lanczos3")
    if image.hasalpha():
        image = image.unpremultiply().cast("uchar").flatten(background=255)
    result: np.ndarray = image.cast("uchar").numpy()
    return result


@cache
def renditions(name: str) -> dict[RenditionSpec, RenderedFile]:
    specs = [
        preset.spec(image_format) for preset in PRESETS.values() for image_format in OUTPUT_FORMATS
    ]
    return {made.spec: made for made in render_all(photograph(name), specs, LIMITS)}


@pytest.mark.parametrize("image_format", OUTPUT_FORMATS)
@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("name", NAMES)
def test_a_photograph_looks_as_the_reference_says(
    name: str, preset: str, image_format: str
) -> None:
    made = renditions(name)[PRESETS[preset].spec(image_format)]
    ours = pixels(made.content)
    assert ours.shape == (made.height, made.width, 3)
    likeness = psnr(ours, reference(name, made.width, made.height))
    assert likeness >= LEAST_PSNR[image_format], f"{likeness:.1f} dB"


@pytest.mark.parametrize("name", NAMES)
def test_a_rendition_never_exceeds_its_box_or_its_source(name: str) -> None:
    facts = probe(photograph(name), LIMITS)
    for spec, made in renditions(name).items():
        assert spec.width is not None
        assert max(made.width, made.height) == min(spec.width, max(facts.width, facts.height))


@pytest.mark.parametrize("name", NAMES)
def test_a_cover_is_the_centre_of_the_picture(name: str) -> None:
    made = render(photograph(name), RenditionSpec(300, 200, Fit.COVER, "png"), LIMITS)
    assert (made.width, made.height) == (300, 200)
    facts = probe(photograph(name), LIMITS)
    scale = max(300 / facts.width, 200 / facts.height)
    whole = reference(name, round(facts.width * scale), round(facts.height * scale))
    top, left = (whole.shape[0] - 200) // 2, (whole.shape[1] - 300) // 2
    assert psnr(pixels(made.content), whole[top : top + 200, left : left + 300]) >= 38


sources = st.tuples(st.integers(1, 90), st.integers(1, 90))
boxes = st.integers(1, 60)
specs = st.one_of(
    st.builds(RenditionSpec, st.none() | boxes, st.none() | boxes, format=st.just("png")),
    st.builds(RenditionSpec, boxes, boxes, st.just(Fit.COVER), st.just("png")),
)


@settings(max_examples=80, deadline=None)
@given(sources, st.integers(1, 8), specs)
def test_a_small_jpeg_comes_out_at_the_planned_size(
    size: tuple[int, int], orientation: int, spec: RenditionSpec
) -> None:
    source = io.BytesIO(saved(picture(*size), "JPEG", exif=gps_exif(orientation)))
    made = render(source, spec, LIMITS)
    upright = (size[1], size[0]) if orientation >= 5 else size
    assert (made.width, made.height) == output_size(spec, *upright)
    assert Image.open(io.BytesIO(made.content)).size == (made.width, made.height)
