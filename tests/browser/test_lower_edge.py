"""Messages, the bar of what is selected and the uploads: all three at once, none over another."""

from itertools import combinations

import pytest
from playwright.sync_api import FloatRect, Locator, Page, expect

from tests.browser.cast import Cast
from tests.browser.journey import uploads_in
from tests.browser.visitor import Locale, Look, VisitorMade
from tests.servers.person import PHOTOGRAPHS

pytestmark = [pytest.mark.browser, pytest.mark.processes]

PICTURES = ("mountains.jpg", "dandelion-alpha.png", "dogs-progressive.jpg")
WINDOWS = ((1920, 1080), (1280, 800), (1190, 700), (1024, 768), (620, 900), (360, 740), (360, 560))
"""Width and height; on both sides of each width at which the layout changes."""


@pytest.mark.parametrize("locale", ["en", "ar"])
def test_none_of_them_covers_another_or_the_navigation(
    cast: Cast, visit: VisitorMade, locale: Locale
) -> None:
    page = visit(cast.site, Look(locale=locale), cast.site.person("noor")).open("/")
    page.get_by_test_id("file-input").first.set_input_files([PHOTOGRAPHS / n for n in PICTURES])
    expect(uploads_in(page, "done")).to_have_count(len(PICTURES))
    expect(page.get_by_test_id("tile")).to_have_count(len(PICTURES))
    _tile_chosen(page, 0)
    page.get_by_test_id("selection-bar").get_by_role("button").last.click()
    toast = page.get_by_test_id("toasts").locator("> *").first
    expect(toast).to_be_visible()
    toast.hover()  # while the pointer is over it, it stays
    bar, dock = page.get_by_test_id("selection-bar"), page.get_by_test_id("upload-dock")
    expect(bar).to_have_count(0)
    expect(page.get_by_test_id("tile")).to_have_count(len(PICTURES) - 1)
    _tile_chosen(page, 1)
    expect(bar).to_be_visible()

    for width, height in WINDOWS:
        page.set_viewport_size({"width": width, "height": height})
        toast.hover()  # it has moved from under the pointer
        tabs = page.get_by_role("navigation").locator("visible=true")
        page.wait_for_function("() => new Promise((done) => setTimeout(() => done(true), 100))")
        boxes = {"toast": toast, "bar": bar, "dock": dock, "navigation": tabs}
        assert _overlaps(boxes) == [], (width, height)
        for name, box in boxes.items():
            assert _is_within(_rect(box), width, height), (name, width, height)


def _tile_chosen(page: Page, index: int) -> None:
    page.get_by_test_id("tile").nth(index).get_by_role("checkbox").evaluate("(box) => box.click()")


def _rect(box: Locator) -> FloatRect:
    rect = box.bounding_box()
    assert rect is not None
    return rect


def _overlaps(boxes: dict[str, Locator]) -> list[tuple[str, str]]:
    rects = {name: _rect(box) for name, box in boxes.items()}
    return [pair for pair in combinations(rects, 2) if _meet(rects[pair[0]], rects[pair[1]])]


def _meet(one: FloatRect, other: FloatRect) -> bool:
    across = one["x"] < other["x"] + other["width"] and other["x"] < one["x"] + one["width"]
    along = one["y"] < other["y"] + other["height"] and other["y"] < one["y"] + one["height"]
    return across and along


def _is_within(rect: FloatRect, width: int, height: int) -> bool:
    right, below = rect["x"] + rect["width"], rect["y"] + rect["height"]
    return rect["x"] >= 0 and rect["y"] >= 0 and right <= width and below <= height
