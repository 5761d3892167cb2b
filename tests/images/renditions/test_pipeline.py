import io
import threading
from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image

from images.renditions import (
    OUTPUT_FORMATS,
    PRESETS,
    OutputTooLargeError,
    RenditionSpec,
    pipeline,
    probe,
    render,
    render_all,
)
from images.renditions.content import Content
from tests.images.renditions.samples import (
    LIMITS,
    Toned,
    encode_toned,
    gps_exif,
    photograph,
    picture,
    pixels,
    profile,
    saved,
)

XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/">an author to be removed</x:xmpmeta>'
SECRETS = (b"to be removed", b"xmpmeta", b"Exif", b"ICCP", b"iCCP", b"eXIf", b"ICC_PROFILE", b"GPS")


@pytest.mark.parametrize("image_format", OUTPUT_FORMATS)
def test_no_metadata_survives_in_any_format(image_format: str) -> None:
    sources = [
        photograph("wine-portrait-exif.jpg").getvalue(),
        photograph("fig-display-p3.jpg").getvalue(),
        saved(picture(), "GIF", comment=b"a comment to be removed"),
        *(
            saved(picture(), kind, exif=gps_exif(), xmp=XMP, icc_profile=profile("p3"))
            for kind in ("JPEG", "PNG", "WEBP", "AVIF", "TIFF")
        ),
    ]
    for source in sources:
        content = render(
            io.BytesIO(source), RenditionSpec(100, 100, format=image_format), LIMITS
        ).content
        assert not [secret for secret in SECRETS if secret in content]
        info = Image.open(io.BytesIO(content)).info
        assert not info.keys() & {"exif", "xmp", "XML:com.adobe.xmp", "icc_profile", "comment"}


def test_the_unscaled_picture_loses_its_metadata_too() -> None:
    source = saved(picture(), "JPEG", exif=gps_exif(), comment=b"a comment to be removed", xmp=XMP)
    for image_format in OUTPUT_FORMATS:
        content = render(io.BytesIO(source), RenditionSpec(format=image_format), LIMITS).content
        assert not [secret for secret in SECRETS if secret in content]


def test_renditions_come_one_by_one_from_the_largest() -> None:
    specs = [preset.spec("webp") for preset in PRESETS.values()]
    made = render_all(photograph("mountains.jpg"), specs, LIMITS)
    assert isinstance(made, Iterator)
    assert [(r.width, r.height) for r in made] == [(1600, 1200), (800, 600), (480, 360), (200, 150)]


def test_specs_that_come_to_one_size_share_their_bytes() -> None:
    specs = [preset.spec("jpeg") for preset in PRESETS.values()]
    made = list(render_all(io.BytesIO(saved(picture(), "PNG")), specs * 2, LIMITS))
    assert [rendition.spec for rendition in made] == specs
    assert len({id(rendition.content) for rendition in made}) == 1


def test_a_rendition_says_what_it_is() -> None:
    made = render(io.BytesIO(saved(picture(), "PNG")), RenditionSpec(60, format="avif"), LIMITS)
    assert (made.width, made.height, made.mime) == (60, 40, "image/avif")
    facts = probe(io.BytesIO(made.content), LIMITS)
    assert (facts.width, facts.height, facts.format) == (60, 40, "avif")


def test_a_rendition_that_would_be_too_long_is_refused_before_decoding() -> None:
    wide = saved(Image.new("L", (9_000, 2)), "PNG")
    with pytest.raises(OutputTooLargeError) as refusal:
        render(io.BytesIO(wide), RenditionSpec(format="webp"), LIMITS)
    assert refusal.value.field == "width"


def test_specs_of_one_size_that_differ_never_share_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Boxes beyond the source come to one size, and then only what differs is made apart."""
    made: list[RenditionSpec] = []

    def encode(image: Image.Image, spec: RenditionSpec, content: Content) -> bytes:
        made.append(spec)
        return encode_toned(image, spec, content)

    monkeypatch.setattr(pipeline, "encode", encode)
    specs = [
        Toned(300, 300, format="png"),
        Toned(300, 300, format="png", tone="sepia"),
        Toned(400, 400, format="png", tone="sepia"),
    ]
    files = render_all(io.BytesIO(saved(picture(), "BMP")), specs, LIMITS)
    plain, toned, other = (pixels(file.content) for file in files)
    assert np.array_equal(plain, 255 - toned)
    assert np.array_equal(toned, other)
    assert made == specs[:2]


def test_the_same_input_gives_the_same_bytes() -> None:
    for image_format in OUTPUT_FORMATS:
        spec = RenditionSpec(90, 90, format=image_format)
        one, other = (render(photograph("mountains.jpg"), spec, LIMITS) for _ in range(2))
        assert one == other


def test_threads_do_not_disturb_each_other() -> None:
    spec = RenditionSpec(64, 64, format="png")
    expected = render(photograph("mountains.jpg"), spec, LIMITS).content
    results: list[bytes] = []

    def work() -> None:
        results.extend(render(photograph("mountains.jpg"), spec, LIMITS).content for _ in range(5))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [expected] * 20
