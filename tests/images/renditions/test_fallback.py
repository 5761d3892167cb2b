from images.renditions import PixelFacts
from images.renditions.fallback import pixel_facts_of
from tests.images.renditions.drawn import photograph, screenshot
from tests.images.renditions.samples import picture


def test_the_fallback_is_png_for_transparency_and_for_what_is_smaller_exact() -> None:
    assert pixel_facts_of(picture(mode="RGBA")) == PixelFacts(has_alpha=True, fallback="png")
    assert pixel_facts_of(screenshot()) == PixelFacts(has_alpha=False, fallback="png")
    mixed = screenshot()
    mixed.paste(photograph().resize((400, 300)), (100, 80))
    assert pixel_facts_of(mixed) == PixelFacts(has_alpha=False, fallback="jpeg")
