"""What is shown follows what is true: after uploads, edits, other clients, and what has failed."""

import re
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.cast import Cast
from tests.browser.journey import uploads_in
from tests.browser.views import DOWN
from tests.browser.visitor import Visitor, VisitorMade
from tests.servers.person import PASSWORD, PHOTOGRAPHS, Person

pytestmark = [pytest.mark.browser, pytest.mark.processes]

PICTURES = ("mountains.jpg", "dandelion-alpha.png", "dogs-progressive.jpg")


@dataclass
class Owner:
    """Somebody with three images, newest first, at a browser."""

    person: Person
    visitor: Visitor
    images: list[str]


@pytest.fixture
def owner(cast: Cast, visit: VisitorMade) -> Owner:
    person = cast.site.person("olga")
    stored = [person.upload(PHOTOGRAPHS / name, presets="thumb").json for name in PICTURES]
    for one in stored:
        assert person.job_ended(one["job"]["id"])["state"] == "succeeded"
    ids = [one["image"]["id"] for one in reversed(stored)]
    return Owner(person, visit(cast.site, person=person), ids)


def _refused(route: Route) -> None:
    route.fulfill(status=503, json=DOWN)


def _found(page: Page, word: str, count: int) -> None:
    page.get_by_role("searchbox").fill(word)
    expect(page).to_have_url(re.compile(f"q={word}$") if word else re.compile("/$"))
    expect(page.get_by_test_id("tile")).to_have_count(count)
    if not count:
        expect(page.get_by_text("No matching images")).to_be_visible()


def test_what_was_searched_for_in_vain_is_found_after_its_upload(
    cast: Cast, visit: VisitorMade
) -> None:
    page = visit(cast.site, person=cast.site.person("noor")).open("/")
    expect(page.get_by_role("heading", name="Nothing here yet")).to_be_visible()
    _found(page, "mountains", 0)
    page.get_by_role("searchbox").fill("")
    page.get_by_test_id("file-input").first.set_input_files(PHOTOGRAPHS / "mountains.jpg")
    expect(uploads_in(page, "done")).to_have_count(1)
    _found(page, "mountains", 1)


def test_a_picture_that_is_ready_before_the_first_look_at_the_jobs_is_shown(
    cast: Cast, visit: VisitorMade
) -> None:
    noor = cast.site.person("noor")
    visitor = visit(cast.site, person=noor)
    page = visitor.context.new_page()
    page.route("**/api/v1/jobs?*", lambda route: route.fulfill(status=503, json=DOWN))
    visitor.open("/", page=page)
    file = PHOTOGRAPHS / "mountains.jpg"
    page.get_by_test_id("file-input").first.set_input_files(file)
    expect(uploads_in(page, "processing")).to_have_count(1)
    (image,) = noor.send("GET", "/api/v1/images").json["results"]
    noor.job_ended(image["job"]["id"])
    page.unroute("**/api/v1/jobs?*")
    expect(uploads_in(page, "done")).to_have_count(1)
    expect(page.get_by_test_id("tile").locator("img[data-shown]")).to_have_count(1)


def test_a_search_in_view_follows_a_change_of_title(owner: Owner) -> None:
    page = owner.visitor.open("/")
    _found(page, "dawn", 0)
    page.get_by_role("searchbox").fill("")
    page.locator(f"[data-image='{owner.images[0]}']").get_by_role("link").click()
    page.get_by_role("button", name="Edit title and tags").click()
    page.get_by_role("dialog").get_by_label("Title").fill("Ridge at dawn")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Ridge at dawn")).to_be_visible()
    page.get_by_role("link", name="Library").locator("visible=true").click()
    _found(page, "dawn", 1)


def test_an_image_sent_by_another_client_appears(owner: Owner) -> None:
    tab = owner.visitor.context.new_page()
    tab.clock.install()
    owner.visitor.open("/", page=tab)
    expect(tab.get_by_test_id("tile")).to_have_count(3)
    stored = owner.person.upload(PHOTOGRAPHS / "wine-portrait-exif.jpg", presets="thumb").json
    owner.person.job_ended(stored["job"]["id"])
    tab.clock.fast_forward("00:31")
    expect(tab.get_by_test_id("tile")).to_have_count(4)
    expect(tab.get_by_test_id("tile").first).to_have_attribute("data-image", stored["image"]["id"])


def test_what_could_not_be_deleted_stays_selected(owner: Owner) -> None:
    page = owner.visitor.open("/")
    tiles = page.get_by_test_id("tile")
    expect(tiles).to_have_count(3)
    page.route("**/api/v1/images/actions", _refused)
    for index in range(2):
        tiles.nth(index).get_by_role("checkbox").check(force=True)
    page.get_by_test_id("selection-bar").get_by_role("button", name="Move to trash").click()
    expect(page.get_by_role("alert")).to_contain_text("The action did not finish")
    expect(tiles).to_have_count(3)
    expect(page.get_by_text("2 selected")).to_be_visible()
    expect(tiles.first).to_have_attribute("aria-selected", "true")


def test_an_image_that_could_not_be_deleted_keeps_its_page(owner: Owner) -> None:
    page = owner.visitor.context.new_page()
    page.route("**/api/v1/images/actions", _refused)
    owner.visitor.open(f"/images/{owner.images[0]}", page=page)
    page.get_by_role("button", name="Move to trash").click()
    expect(page.get_by_role("alert")).to_contain_text("The action did not finish")
    expect(page.get_by_role("alert").locator("code")).to_have_text(DOWN["request_id"])
    expect(page).to_have_url(re.compile(f"/images/{owner.images[0]}$"))
    expect(page.get_by_role("button", name="Move to trash")).to_be_enabled()


def test_an_image_in_the_trash_offers_nothing_that_would_be_refused(owner: Owner) -> None:
    assert owner.person.send("DELETE", f"/api/v1/images/{owner.images[0]}").status == 204
    page = owner.visitor.open(f"/images/{owner.images[0]}")
    expect(page.get_by_role("button", name="Restore")).to_be_visible()
    expect(page.get_by_role("tab")).to_have_text(["Details", "Renditions"])
    expect(page.get_by_role("button", name="Edit title and tags")).to_have_count(0)


def test_what_somebody_else_has_written_meanwhile_is_not_overwritten(owner: Owner) -> None:
    path = f"/api/v1/images/{owner.images[0]}"
    page = owner.visitor.open(f"/images/{owner.images[0]}")
    page.get_by_role("button", name="Edit title and tags").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Title").fill("Mine")
    assert owner.person.send("PATCH", path, {"title": "Theirs"}).status == 200
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_role("alert")).to_contain_text("The image was changed in the meantime")
    expect(dialog.get_by_label("Title")).to_have_value("Theirs")
    assert owner.person.image(owner.images[0])["title"] == "Theirs"

    dialog.get_by_label("Title").fill("Ours")
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Ours")).to_be_visible()
    assert owner.person.image(owner.images[0])["title"] == "Ours"


def test_a_picture_that_does_not_come_is_told(owner: Owner) -> None:
    page = owner.visitor.context.new_page()
    page.route("**/i/**", lambda route: route.abort())
    owner.visitor.open(f"/images/{owner.images[0]}", page=page)
    notice = page.get_by_test_id("image-stage").get_by_role("alert")
    expect(notice).to_contain_text("The picture could not be loaded")
    page.unroute("**/i/**")
    notice.get_by_role("button", name="Try again").click()
    expect(page.get_by_test_id("image-stage").locator("img[data-shown]")).to_be_visible()
    expect(notice).to_have_count(0)


def test_an_account_that_is_deleted_can_be_kept_with_all_it_had(owner: Owner) -> None:
    page = owner.visitor.open("/account/export")
    page.get_by_role("button", name="Delete my account").click()
    dialog = page.get_by_role("dialog")
    button = dialog.get_by_role("button", name="Delete my account")
    dialog.get_by_label("Current password").fill("a guess at it")
    button.click()
    expect(dialog.get_by_text("The account was not deleted")).to_be_visible()
    dialog.get_by_label("Current password").fill(PASSWORD)
    button.click()
    told = dialog.get_by_role("status")
    expect(told).to_contain_text("Until then you can sign in and keep it")
    dialog.get_by_role("button", name="Close").last.click()

    page.get_by_label("E-mail").fill(owner.person.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="This account will be deleted")).to_be_visible()
    page.reload()
    page.get_by_role("button", name="Keep my account").click()
    expect(page.get_by_text("Your account is kept")).to_be_visible()
    page.goto(f"{owner.visitor.site.address}/")
    expect(page.get_by_test_id("tile")).to_have_count(len(PICTURES))
