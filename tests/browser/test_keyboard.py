"""Everything can be done without a mouse, and one always sees where one is."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.cast import Cast
from tests.browser.visitor import Look, VisitorMade
from tests.servers.person import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.processes]

# An element that has the focus must look different from how it looks without.
FOCUS = """
() => {
  const element = document.activeElement;
  const look = (box) => {
    const {outlineStyle, outlineWidth, boxShadow, borderColor} = getComputedStyle(box);
    return [outlineStyle === "none" ? "0px" : outlineWidth, boxShadow, borderColor].join();
  };
  const near = [element.parentElement, ...element.parentElement.children];
  const boxes = [element, ...near, ...element.querySelectorAll("*")].filter((box) => {
    const {width, height} = box.getBoundingClientRect();
    return width > 1 && height > 1;
  });
  const focused = boxes.map(look).join("|");
  element.blur();
  const resting = boxes.map(look).join("|");
  element.focus({preventScroll: true, focusVisible: true});
  const name = element.getAttribute("aria-label") || element.textContent.trim() || element.name;
  return {name, seen: focused !== resting};
}
"""
STOPS = 9


def test_signing_in_takes_no_mouse(cast: Cast, visit: VisitorMade) -> None:
    page = visit(cast.site).open("/sign-in")
    email = page.get_by_label("E-mail")
    expect(email).to_be_visible()
    _tab_to(page, "E-mail")
    page.keyboard.type(cast.owner.email)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("tile").first).to_be_visible()


@pytest.mark.parametrize("path", ["/sign-in", "/", "/account", "/activity", "/images/{image}"])
def test_the_focus_is_seen_at_every_stop(cast: Cast, visit: VisitorMade, path: str) -> None:
    person = None if path == "/sign-in" else cast.owner
    page = visit(cast.site, person=person).open(path.format(image=cast.image))
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    stops = []
    for _ in range(STOPS):
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement === document.body"):
            continue  # behind the last stop lies the window itself
        stops.append(page.evaluate(FOCUS))
    assert len({stop["name"] for stop in stops}) > STOPS // 2
    assert [stop for stop in stops if not stop["seen"]] == []


def test_the_skip_link_leads_past_the_navigation(cast: Cast, visit: VisitorMade) -> None:
    page = visit(cast.site, person=cast.owner).open("/")
    expect(page.get_by_test_id("tile").first).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()


@pytest.mark.parametrize(("start", "link"), [("/", "System"), ("/system", "Library")])
def test_a_change_of_page_leads_the_focus_to_its_content(
    cast: Cast, visit: VisitorMade, start: str, link: str
) -> None:
    page = visit(cast.site, person=cast.owner).open(start)
    entry = page.get_by_role("link", name=link, exact=True).locator("visible=true")
    entry.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=link, level=1)).to_be_visible()
    expect(page.get_by_role("main")).to_be_focused()


@pytest.mark.parametrize(("locale", "forward"), [("en", "ArrowRight"), ("ar", "ArrowLeft")])
def test_arrows_walk_the_library_space_selects_and_enter_opens(
    cast: Cast, visit: VisitorMade, locale: str, forward: str
) -> None:
    look = Look(locale="ar" if locale == "ar" else "en")
    page = visit(cast.site, look, cast.owner).open("/")
    tiles = page.get_by_test_id("tile")
    expect(tiles.first).to_be_visible()
    tiles.first.get_by_role("link").focus()
    page.keyboard.press(forward)
    expect(tiles.nth(1).get_by_role("link")).to_be_focused()
    page.keyboard.press("Space")
    expect(tiles.nth(1)).to_have_attribute("aria-selected", "true")
    expect(page.get_by_test_id("selection-bar")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("selection-bar")).to_have_count(0)
    chosen = tiles.nth(1).get_attribute("data-image")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"/images/{chosen}$"))


def test_arrows_scroll_what_is_wider_than_its_frame_and_leaf_elsewhere(
    cast: Cast, visit: VisitorMade
) -> None:
    page = visit(cast.site, person=cast.owner).open("/")
    page.get_by_test_id("tile").first.get_by_role("link").click()
    page.get_by_role("tab", name="Transform").click()
    line = page.get_by_role("region", name="curl command")
    line.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("(line) => line.scrollLeft > 0", arg=line.element_handle())
    expect(page).to_have_url(re.compile(cast.image))
    page.get_by_role("main").focus()
    page.keyboard.press("ArrowRight")
    expect(page).not_to_have_url(re.compile(cast.image))


def test_a_dialog_holds_the_focus_and_gives_it_back(cast: Cast, visit: VisitorMade) -> None:
    page = visit(cast.site, person=cast.owner).open(f"/images/{cast.image}")
    opener = page.get_by_role("button", name="Edit title and tags")
    opener.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Title")).to_be_focused()
    for _ in range(8):
        page.keyboard.press("Tab")
        assert page.evaluate("() => !!document.activeElement.closest('[role=dialog]')")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(opener).to_be_focused()


def test_a_password_can_be_shown_by_keyboard(cast: Cast, visit: VisitorMade) -> None:
    page = visit(cast.site, Look(locale="ar")).open("/sign-in")
    password = page.locator("input[name=password]")
    password.fill("secret")
    password.press("Tab")
    expect(page.get_by_role("button", name="إظهار كلمة المرور")).to_be_focused()
    page.keyboard.press("Space")
    expect(password).to_have_attribute("type", "text")


def test_filtering_by_a_tag_keeps_the_focus(cast: Cast, visit: VisitorMade) -> None:
    page = visit(cast.site, person=cast.owner).open("/")
    page.get_by_role("button", name="Filters").click()
    tag = page.get_by_label("Tag", exact=True)
    tag.fill("mountains")
    tag.press("Enter")
    expect(page).to_have_url(re.compile("tag=mountains"))
    expect(page.get_by_test_id("tile")).to_have_count(1)
    expect(tag).to_be_focused()


def _tab_to(page: Page, label: str) -> None:
    field = page.get_by_label(label)
    for _ in range(STOPS):
        if field.evaluate("(field) => field === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"no way to {label} by Tab")
