"""Many images at once: what is selected, what becomes of it, and that it is told as it is."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.large_libraries import owner_of_many
from tests.browser.site import Site
from tests.browser.visitor import VisitorMade
from tests.servers.person import Person

pytestmark = [pytest.mark.browser, pytest.mark.processes]

COUNT = 308
LOADED = 100
"""What the library asks for at first."""


@pytest.fixture(scope="module")
def keeper(laptop: Site) -> Person:
    """Somebody with 308 images."""
    return owner_of_many(laptop, "keeper", COUNT - 1)


@pytest.fixture(autouse=True)
def all_in_the_library(keeper: Person) -> Iterator[None]:
    """Whatever a test has thrown away is there again for the next."""
    yield
    selection = {"filter": {"trashed": True}, "expected_count": _count(keeper, trashed=True)}
    body = {"action": "restore", "selection": selection}
    assert keeper.send("POST", "/api/v1/images/actions", body).status == 200


def _count(person: Person, *, trashed: bool = False) -> int:
    answer = person.send("GET", f"/api/v1/images/count?trashed={str(trashed).lower()}")
    return int(answer.json["count"])


def _tile(page: Page, index: int) -> Locator:
    return page.locator(f'[data-testid=tile][data-index="{index}"]')


def _all_loaded_selected(page: Page) -> Locator:
    """The bar, once everything that came first is selected."""
    _tile(page, 0).get_by_role("link").focus()
    page.keyboard.press("Control+a")
    bar = page.get_by_test_id("selection-bar")
    expect(bar.get_by_text(f"{LOADED} selected")).to_be_visible()
    return bar


def test_dropping_all_that_is_loaded_shows_the_rest_and_undo_brings_it_back(
    laptop: Site, keeper: Person, visit: VisitorMade
) -> None:
    page = visit(laptop, person=keeper).open("/")
    bar = _all_loaded_selected(page)
    bar.get_by_role("button", name="Move to trash").click()
    expect(_tile(page, 0).get_by_role("link", name=f"Open Image {LOADED}")).to_be_visible()
    expect(bar).to_have_count(0)
    assert _count(keeper) == COUNT - LOADED
    page.get_by_test_id("toasts").get_by_role("button", name="Undo").click()
    expect(_tile(page, 1).get_by_role("link", name="Open Image 1", exact=True)).to_be_visible()
    assert _count(keeper) == COUNT


def test_all_that_match_are_counted_confirmed_and_counted_again_when_they_change(
    laptop: Site, keeper: Person, visit: VisitorMade
) -> None:
    page = visit(laptop, person=keeper).open("/")
    bar = _all_loaded_selected(page)
    bar.get_by_role("button", name=f"Select all {COUNT}").click()
    expect(bar.get_by_text(f"All {COUNT} selected")).to_be_visible()
    gone = _tile(page, 3).get_attribute("data-image")
    assert keeper.send("DELETE", f"/api/v1/images/{gone}").status == 204
    bar.get_by_role("button", name="Move to trash").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(f"Move {COUNT} images to the trash?")
    dialog.get_by_role("button", name="Move to trash").click()
    expect(dialog).to_contain_text(f"Move {COUNT - 1} images to the trash?")
    assert _count(keeper) == COUNT - 1
    dialog.get_by_role("button", name="Move to trash").click()
    expect(page.get_by_role("heading", name="Nothing here yet")).to_be_visible()
    assert _count(keeper) == 0
    page.get_by_test_id("toasts").get_by_role("button", name="Undo").click()
    expect(_tile(page, 0)).to_be_visible()
    assert _count(keeper) == COUNT - 1


def test_clicks_go_on_selecting_and_the_selection_outlives_a_visit_and_tagging(
    laptop: Site, keeper: Person, visit: VisitorMade
) -> None:
    page = visit(laptop, person=keeper).open("/")
    bar = page.get_by_test_id("selection-bar")
    _tile(page, 1).get_by_role("link").click(modifiers=["Control"])
    expect(bar.get_by_text("1 selected")).to_be_visible()
    _tile(page, 4).get_by_role("link").click(modifiers=["Shift"])
    expect(bar.get_by_text("4 selected")).to_be_visible()
    _tile(page, 2).get_by_role("link").click()
    expect(bar.get_by_text("3 selected")).to_be_visible()
    assert len(page.context.pages) == 1
    bar.get_by_role("button", name="Add tags").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Tags").fill("alps")
    dialog.get_by_label("Tags").press("Enter")
    dialog.get_by_role("button", name="Add", exact=True).click()
    expect(dialog).to_have_count(0)
    expect(bar.get_by_text("3 selected")).to_be_visible()
    opened = _tile(page, 3).get_by_role("link")
    opened.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/images/"))
    page.go_back()
    expect(bar.get_by_text("3 selected")).to_be_visible()
    expect(opened).to_be_focused()


def test_what_one_tab_throws_away_leaves_the_other(
    laptop: Site, keeper: Person, visit: VisitorMade
) -> None:
    visitor = visit(laptop, person=keeper)
    page, other = visitor.open("/"), visitor.open("/")
    first = _tile(other, 0).get_attribute("data-image")
    page.bring_to_front()
    _tile(page, 0).get_by_role("checkbox").check(force=True)
    page.get_by_test_id("selection-bar").get_by_role("button", name="Move to trash").click()
    expect(other.locator(f"[data-image='{first}']")).to_have_count(0)
    expect(_tile(other, 0)).to_be_visible()
