"""Ten thousand images: the page holds few of them at a time, and the last one can be reached."""

import pytest
from playwright.sync_api import expect

from tests.browser.large_libraries import owner_of_many
from tests.browser.site import Site
from tests.browser.visitor import VisitorMade
from tests.servers.person import Person

pytestmark = [pytest.mark.browser, pytest.mark.processes]

COUNT = 10_000
# Rows in the window and four above and below it: far fewer than one page of a hundred answers.
TILES_AT_MOST = 120
# To the end of what has come so far, again and again, until that was all; the most tiles seen.
SCROLLED_TO_THE_LAST = """
async () => {
  const grid = document.querySelector("[data-testid=image-grid]");
  let most = 0;
  for (let end = -1; end < 0; end = Number(grid.getAttribute("aria-rowcount"))) {
    most = Math.max(most, grid.querySelectorAll("[data-testid=tile]").length);
    if (document.querySelector("[role=alert]")) throw new Error("a page has not come");
    scrollTo(0, document.scrollingElement.scrollHeight);
    await new Promise((painted) => requestAnimationFrame(painted));
  }
  scrollTo(0, document.scrollingElement.scrollHeight);
  return most;
}
"""


@pytest.fixture(scope="module")
def collector(laptop: Site) -> Person:
    """Somebody with ten thousand images more than the one that was uploaded."""
    return owner_of_many(laptop, "collector", COUNT)


def test_ten_thousand_images_are_scrolled_to_the_last_with_few_tiles_in_the_page(
    laptop: Site, collector: Person, visit: VisitorMade
) -> None:
    page = visit(laptop, person=collector).open("/")
    tiles = page.get_by_test_id("tile")
    expect(tiles.first).to_be_visible()
    most = page.evaluate(SCROLLED_TO_THE_LAST)
    last = page.locator(f'[data-testid=tile][data-index="{COUNT}"]')
    expect(last.get_by_role("link", name=f"Open Image {COUNT}")).to_be_in_viewport()
    expect(page.get_by_text("No more images")).to_be_visible()
    assert 0 < max(most, tiles.count()) <= TILES_AT_MOST


def test_tab_leads_into_a_grid_that_was_scrolled(
    laptop: Site, collector: Person, visit: VisitorMade
) -> None:
    page = visit(laptop, person=collector).open("/")
    expect(page.get_by_test_id("tile").first).to_be_visible()
    page.evaluate("() => scrollTo(0, 4000)")
    expect(page.locator('[data-testid=tile][data-index="0"]')).to_have_count(0)
    stop = page.get_by_test_id("tile").locator("a[tabindex='0']")
    expect(stop).to_have_count(1)
    expect(stop).to_be_in_viewport()
    page.get_by_role("button", name="Filters").focus()
    page.keyboard.press("Tab")
    expect(stop).to_be_focused()


def test_the_focus_stays_on_a_tile_that_is_scrolled_out_of_sight(
    laptop: Site, collector: Person, visit: VisitorMade
) -> None:
    page = visit(laptop, person=collector).open("/")
    first, second = (
        page.locator(f'[data-testid=tile][data-index="{index}"]').get_by_role("link")
        for index in (0, 1)
    )
    first.focus()
    page.evaluate("() => scrollTo(0, 4000)")
    expect(page.locator('[data-testid=tile][data-index="20"]')).to_have_count(0)
    expect(first).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(second).to_be_focused()
    expect(second).to_be_in_viewport()


@pytest.mark.parametrize("way", ["back", "reload"])
def test_one_comes_back_to_where_one_was(
    laptop: Site, collector: Person, visit: VisitorMade, way: str
) -> None:
    page = visit(laptop, person=collector).open("/")
    expect(page.get_by_test_id("tile").first).to_be_visible()
    # Beyond the first page, so that after a reload more than one has to come.
    page.evaluate("() => scrollTo(0, document.scrollingElement.scrollHeight)")
    expect(page.locator('[data-testid=tile][data-index="110"]')).to_be_attached()
    tile = page.locator('[data-testid=tile][data-index="104"]')
    tile.scroll_into_view_if_needed()
    if way == "reload":
        page.reload()
        expect(tile).to_be_in_viewport()
        return
    tile.get_by_role("link").click()
    expect(page.get_by_role("heading", name="Image 104")).to_be_visible()
    page.go_back()
    expect(tile).to_be_in_viewport()
    expect(tile.get_by_role("link")).to_be_focused()
