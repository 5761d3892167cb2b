"""Encoders are chosen by what the pixels are, not by the file that they came in."""

import io

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from images.renditions import PixelFacts, RenditionSpec, render, render_all
from images.renditions.content import content_of
from images.renditions.encoding import _options
from images.renditions.fallback import pixel_facts_of
from tests.images.renditions.samples import LIMITS, PHOTOGRAPHS, picture, pixels, psnr, saved

WORDS = "the quick brown fox jumps over the lazy dog 0123456789 "


def text(ink: str, ground: str, size: tuple[int, int] = (400, 240)) -> Image.Image:
    image = Image.new("RGB", size, ground)
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(size=15)
    for top in range(4, size[1], 20):
        draw.text((4, top), WORDS * 2, fill=ink, font=font)
    return image


def screenshot() -> Image.Image:
    image = text("#222222", "white", (640, 400))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 640, 40), fill="#1e66f5")
    draw.rectangle((480, 60, 620, 90), fill="#d20f39")
    return image


def photograph(name: str = "mountains.jpg") -> Image.Image:
    with Image.open(PHOTOGRAPHS / name) as opened:
        return opened.convert("RGB").resize((480, 360), Image.Resampling.LANCZOS)


def made(image: Image.Image, image_format: str) -> bytes:
    file = io.BytesIO(saved(image, "PNG"))
    return render(file, RenditionSpec(format=image_format), LIMITS).content


def likeness(image: Image.Image, content: bytes) -> float:
    return psnr(pixels(content), np.asarray(image))


@pytest.mark.parametrize("name", sorted(p.name for p in PHOTOGRAPHS.glob("*.jpg")))
def test_a_photograph_is_neither_flat_nor_has_chroma_edges(name: str) -> None:
    content = content_of(photograph(name))
    assert not content.is_flat
    assert not content.has_chroma_edges


def test_a_screenshot_is_flat_and_has_chroma_edges_where_red_text_is() -> None:
    assert content_of(screenshot()).is_flat
    assert not content_of(screenshot()).is_chroma_heavy
    assert content_of(text("red", "blue")).is_chroma_heavy


def test_a_screenshot_becomes_lossless_webp_that_is_smaller() -> None:
    lossy = saved(screenshot(), "WEBP", quality=80, method=4)
    exact = made(screenshot(), "webp")
    assert likeness(screenshot(), exact) == 99
    assert len(exact) < len(lossy)


def test_a_photograph_stays_lossy() -> None:
    assert len(made(photograph(), "webp")) < len(saved(photograph(), "WEBP", lossless=True)) / 3


def test_red_text_on_blue_stays_legible_in_every_format() -> None:
    image = text("red", "blue")
    assert likeness(image, made(image, "webp")) == 99
    for image_format, least_db in (("jpeg", 28), ("avif", 32)):
        assert likeness(image, made(image, image_format)) > least_db


def test_photographs_store_half_the_chroma_and_coloured_text_all_of_it() -> None:
    halved, whole = (
        Image.open(io.BytesIO(made(i, "jpeg"))) for i in (photograph(), text("red", "blue"))
    )
    assert halved.layer[0][1:3] == (2, 2)  # type: ignore[attr-defined]
    assert whole.layer[0][1:3] == (1, 1)  # type: ignore[attr-defined]


def test_jpeg_is_progressive() -> None:
    assert Image.open(io.BytesIO(made(photograph(), "jpeg"))).info["progressive"]


@pytest.mark.parametrize("mode", ["LA", "RGBA"])
def test_an_opaque_alpha_channel_is_let_go(mode: str) -> None:
    opaque = photograph().convert(mode)
    assert Image.open(io.BytesIO(made(opaque, "png"))).mode == mode[:-1]
    assert pixel_facts_of(photograph()) == PixelFacts(has_alpha=False, fallback="jpeg")


def test_the_fallback_is_png_for_transparency_and_for_what_is_smaller_exact() -> None:
    assert pixel_facts_of(picture(mode="RGBA")) == PixelFacts(has_alpha=True, fallback="png")
    assert pixel_facts_of(screenshot()) == PixelFacts(has_alpha=False, fallback="png")
    mixed = screenshot()
    mixed.paste(photograph().resize((400, 300)), (100, 80))
    assert pixel_facts_of(mixed) == PixelFacts(has_alpha=False, fallback="jpeg")


def test_a_plan_is_made_anew_once_the_pixels_are_known() -> None:
    file = io.BytesIO(saved(photograph().convert("RGBA"), "PNG"))
    told: list[PixelFacts] = []

    def replan(facts: PixelFacts) -> list[RenditionSpec]:
        told.append(facts)
        return [RenditionSpec(200, 200, format=facts.fallback), RenditionSpec(format="webp")]

    wanted = [RenditionSpec(200, 200, format="png"), RenditionSpec(format="webp")]
    renditions = list(render_all(file, wanted, LIMITS, replan))
    assert told == [PixelFacts(has_alpha=False, fallback="jpeg")]
    assert [(r.spec.format, r.width) for r in renditions] == [("webp", 480), ("jpeg", 200)]
    assert renditions[1].content == render(file, renditions[1].spec, LIMITS).content


@pytest.mark.parametrize("size", [(1, 1), (1, 9), (9, 1), (2, 2), (3, 40)])
@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA"])
def test_the_smallest_pictures_have_content_too(mode: str, size: tuple[int, int]) -> None:
    content = content_of(Image.new(mode, size))
    assert content.flatness in {0.0, 1.0}
    assert content.chroma_edges == 0


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
