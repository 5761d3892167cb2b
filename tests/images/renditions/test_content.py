"""Encoders are chosen by what the pixels are, not by the file that they came in."""

import io

import pytest
from PIL import Image

from images.renditions import PixelFacts, RenditionSpec, render, render_all
from images.renditions.content import content_of
from images.renditions.fallback import pixel_facts_of
from tests.images.renditions.drawn import likeness, made, photograph, screenshot, text
from tests.images.renditions.samples import LIMITS, PHOTOGRAPHS, saved


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


@pytest.mark.parametrize("mode", ["LA", "RGBA"])
def test_an_opaque_alpha_channel_is_let_go(mode: str) -> None:
    opaque = photograph().convert(mode)
    assert Image.open(io.BytesIO(made(opaque, "png"))).mode == mode[:-1]
    assert pixel_facts_of(photograph()) == PixelFacts(has_alpha=False, fallback="jpeg")


def test_a_plan_is_made_anew_once_the_pixels_are_known() -> None:
    file = io.BytesIO(saved(photograph().convert("RGBA"), "PNG"))
    seen: list[PixelFacts] = []

    def replan(facts: PixelFacts) -> list[RenditionSpec]:
        seen.append(facts)
        return [RenditionSpec(200, 200, format=facts.fallback), RenditionSpec(format="webp")]

    wanted = [RenditionSpec(200, 200, format="png"), RenditionSpec(format="webp")]
    renditions = list(render_all(file, wanted, LIMITS, replan))
    assert seen == [PixelFacts(has_alpha=False, fallback="jpeg")]
    assert [(r.spec.format, r.width) for r in renditions] == [("webp", 480), ("jpeg", 200)]
    assert renditions[1].content == render(file, renditions[1].spec, LIMITS).content


@pytest.mark.parametrize("size", [(1, 1), (1, 9), (9, 1), (2, 2), (3, 40)])
@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA"])
def test_the_smallest_pictures_have_content_too(mode: str, size: tuple[int, int]) -> None:
    content = content_of(Image.new(mode, size))
    assert content.flatness in {0.0, 1.0}
    assert content.chroma_edges == 0
