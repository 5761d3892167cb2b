import io
import threading
from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image, ImageCms

from images.renditions import (
    OUTPUT_FORMATS,
    PRESETS,
    Fit,
    OutputTooLargeError,
    RenditionSpec,
    pipeline,
    placeholder,
    probe,
    render,
    render_all,
)
from images.renditions.content import Content
from tests.images.renditions.samples import (
    LIMITS,
    Toned,
    animation,
    encode_toned,
    gps_exif,
    photograph,
    picture,
    pixels,
    profile,
    psnr,
    saved,
)

PNG = RenditionSpec(format="png")
STORED_AS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/">an author to be removed</x:xmpmeta>'
SECRETS = (b"to be removed", b"xmpmeta", b"Exif", b"ICCP", b"iCCP", b"eXIf", b"ICC_PROFILE", b"GPS")


def rendered(content: bytes, spec: RenditionSpec = PNG) -> Image.Image:
    return Image.open(io.BytesIO(render(io.BytesIO(content), spec, LIMITS).content))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_comes_out_upright(orientation: int, kind: str) -> None:
    upright = picture()
    method = STORED_AS.get(orientation)
    stored = upright if method is None else upright.transpose(method)
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
    method = STORED_AS.get(orientation)
    stored = picture() if method is None else picture().transpose(method)
    content = saved(stored, "PNG", exif=gps_exif(orientation))
    made = rendered(content, RenditionSpec(40, 40, Fit.COVER, "png"))
    expected = picture().resize((60, 40), Image.Resampling.LANCZOS).crop((10, 0, 50, 40))
    assert psnr(np.asarray(made), np.asarray(expected)) > 40


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


def test_wide_gamut_is_converted_and_not_merely_relabelled() -> None:
    plain = picture().resize((64, 64))
    content = saved(plain, "PNG", icc_profile=profile("p3"))
    made = rendered(content)
    expected = ImageCms.profileToProfile(
        plain,
        ImageCms.ImageCmsProfile(io.BytesIO(profile("p3"))),
        ImageCms.createProfile("sRGB"),
    )
    assert psnr(np.asarray(made), np.asarray(expected)) > 45
    assert psnr(np.asarray(made), np.asarray(plain)) < 35


def test_an_srgb_profile_changes_no_pixel() -> None:
    made = rendered(saved(picture(), "PNG", icc_profile=profile("srgb")))
    assert np.array_equal(np.asarray(made), np.asarray(picture()))


def test_cmyk_is_converted_by_its_profile() -> None:
    srgb = ImageCms.createProfile("sRGB")
    ink = ImageCms.ImageCmsProfile(io.BytesIO(profile("cmyk")))
    soft = picture().point(lambda value: 64 + value // 2)
    cmyk = ImageCms.profileToProfile(soft, srgb, ink, outputMode="CMYK")
    assert cmyk is not None
    made = rendered(saved(cmyk, "JPEG", quality=95, icc_profile=profile("cmyk")))
    assert made.mode == "RGB"
    assert psnr(np.asarray(made), np.asarray(soft)) > 28
    unmanaged = np.asarray(cmyk.convert("RGB"))
    assert psnr(np.asarray(made), np.asarray(soft)) > psnr(unmanaged, np.asarray(soft)) + 3


@pytest.mark.parametrize(
    "icc_profile", [b"no profile at all", b"\0" * 200, profile("srgb")[:200], profile("cmyk")]
)
def test_a_bad_or_foreign_profile_is_ignored(icc_profile: bytes) -> None:
    made = rendered(saved(picture(), "PNG", icc_profile=icc_profile))
    assert np.array_equal(np.asarray(made), np.asarray(picture()))


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_16_bit_grey_is_scaled(kind: str) -> None:
    values = np.linspace(0, 65_535, 80 * 60).reshape(60, 80).astype(np.uint16)
    made = rendered(saved(Image.fromarray(values), kind))
    assert made.mode == "L"
    assert np.abs(np.asarray(made, np.float64) - values / 257).max() <= 1


def test_floating_point_grey_is_scaled() -> None:
    values = np.linspace(0, 1, 80 * 60).reshape(60, 80).astype(np.float32)
    made = rendered(saved(Image.fromarray(values), "TIFF"))
    assert np.abs(np.asarray(made, np.float64) - values * 255).max() <= 1


def test_a_palette_is_filtered_as_colours() -> None:
    made = rendered(saved(picture().quantize(256), "PNG"), RenditionSpec(60, 60, format="png"))
    expected = picture().resize((60, 40), Image.Resampling.LANCZOS)
    assert made.mode == "RGB"
    assert psnr(np.asarray(made), np.asarray(expected)) > 30


def test_a_transparent_palette_keeps_its_alpha() -> None:
    image = picture().quantize(16)
    made = rendered(saved(image, "PNG", transparency=0))
    assert made.has_transparency_data
    alpha = np.asarray(made.convert("RGBA"))[..., 3]
    assert np.array_equal(alpha == 0, np.asarray(image) == 0)


def test_a_transparent_colour_keeps_its_alpha() -> None:
    image = Image.new("RGB", (10, 10), (255, 0, 0))
    image.paste((0, 255, 0), (0, 0, 5, 10))
    made = rendered(saved(image, "PNG", transparency=(0, 255, 0)))
    assert made.getpixel((0, 0)) == (0, 255, 0, 0)
    assert made.getpixel((9, 9)) == (255, 0, 0, 255)


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


@pytest.mark.parametrize("name", ["dogs-progressive.jpg", "dandelion-alpha.png"])
def test_a_placeholder_is_a_small_picture_in_a_uri(name: str) -> None:
    uri = placeholder(photograph(name), LIMITS)
    assert uri.startswith("data:image/webp;base64,")
    assert len(uri) <= 600


def test_a_placeholder_of_noise_still_fits() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (64, 64, 4), np.uint8)
    assert len(placeholder(io.BytesIO(saved(Image.fromarray(noise), "PNG")), LIMITS)) <= 600
