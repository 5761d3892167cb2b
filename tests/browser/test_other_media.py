"""Where other colours and other media stand in for the screen: contrast themes, and paper."""

import io

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.browser.cast import Cast
from tests.browser.views import BY_NAME
from tests.browser.visitor import Look, Scheme, VisitorMade

pytestmark = [pytest.mark.browser, pytest.mark.processes]

# The system's colour for choices: red, green, blue, and how much it covers what is behind it.
HIGHLIGHT = """
() => {
  const probe = document.body.appendChild(document.createElement("div"));
  probe.style.cssText = "background: Highlight; forced-color-adjust: none";
  const {data} = (() => {
    const context = new OffscreenCanvas(1, 1).getContext("2d");
    context.fillStyle = getComputedStyle(probe).backgroundColor;
    context.fillRect(0, 0, 1, 1);
    return context.getImageData(0, 0, 1, 1);
  })();
  probe.remove();
  return [...data];
}
"""
PAGE_EDGE = 20
TOLERANCE = 4
CHOSEN, NOT_CHOSEN = 0.05, 0.01
"""Parts of the pixels that have the colour of choices; photographs have some of it, too."""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_is_chosen_is_told_from_what_is_not(
    cast: Cast, visit: VisitorMade, scheme: Scheme
) -> None:
    page = visit(cast.site, person=cast.owner).context.new_page()
    page.emulate_media(forced_colors="active", color_scheme=scheme, reduced_motion="reduce")

    BY_NAME["library-selected"].open(page, cast.site, image=cast.image)
    page.mouse.move(0, 0)
    tiles = page.get_by_test_id("tile")
    ticks = tiles.get_by_role("checkbox")
    _told_apart(page, ticks.nth(0), ticks.nth(1))
    expect(ticks.nth(1).locator("svg")).to_be_hidden()
    expect(ticks.nth(0).locator("svg")).to_be_visible()
    places = page.get_by_role("navigation").locator("visible=true").get_by_role("link")
    _told_apart(page, places.nth(0), places.nth(1))
    assert _share(page, page.get_by_role("meter").first) > 0

    BY_NAME["image-builder"].open(page, cast.site, image=cast.image)
    tabs = page.get_by_role("tab")
    _told_apart(page, tabs.nth(2), tabs.nth(0))
    segments = page.get_by_role("radiogroup").first.locator("label")
    _told_apart(page, segments.nth(0), segments.nth(1))
    _told_apart(page, places.nth(0), places.nth(1))  # an image belongs to the library

    page.goto(f"{cast.site.address}/account")
    me = page.get_by_role("button", name="Account menu").locator("visible=true")
    _told_apart(page, me, places.nth(0))


def test_on_paper_there_is_the_page_and_nothing_to_press(cast: Cast, visit: VisitorMade) -> None:
    page = visit(cast.site, Look(scheme="dark"), cast.owner).context.new_page()
    for name, content in (("library", "tile"), ("image", "image-stage")):
        page.emulate_media(media="screen")
        BY_NAME[name].open(page, cast.site, image=cast.image)
        page.emulate_media(media="print")
        expect(page.get_by_test_id(content).first).to_be_visible()
        for pressed in ("button", "navigation", "search", "textbox"):
            expect(page.get_by_role(pressed).locator("visible=true")).to_have_count(0)
        expect(page.locator("body")).to_have_css("background-color", "rgb(255, 255, 255)")
        left = page.get_by_role("main").evaluate("(main) => main.getBoundingClientRect().left")
        assert left < PAGE_EDGE


def _told_apart(page: Page, chosen: Locator, other: Locator) -> None:
    _chosen(page, chosen)
    assert _share(page, other) < NOT_CHOSEN


def _chosen(page: Page, box: Locator) -> None:
    assert _share(page, box) > CHOSEN


def _share(page: Page, box: Locator) -> float:
    """The part of the pixels of an element that have the system's colour for choices."""
    *colour, alpha = page.evaluate(HIGHLIGHT)
    least = [part * alpha / 255 - TOLERANCE for part in colour]
    most = [low + 255 - alpha + 2 * TOLERANCE for low in least]  # over black, over white
    with Image.open(io.BytesIO(box.screenshot(animations="disabled"))) as picture:
        bands = [list(band.get_flattened_data()) for band in picture.convert("RGB").split()]
    pixels = list(zip(*bands, strict=True))
    near = [
        pixel
        for pixel in pixels
        if all(low <= part <= high for low, part, high in zip(least, pixel, most, strict=True))
    ]
    return len(near) / len(pixels)
