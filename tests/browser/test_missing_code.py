"""A click offline, or after a release: the page waits in its place, and all around it stays."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.cast import Cast
from tests.browser.journey import upload_slowed, uploads_in
from tests.browser.visitor import SAVE_DATA, Visitor, VisitorMade
from tests.servers.person import PHOTOGRAPHS

pytestmark = [pytest.mark.browser, pytest.mark.processes]

CODE = "**/assets/ActivityPage-*.js"
ENTRY = re.compile(r"/assets/index-[\w-]+\.js")
BROKEN_PAGE = "export default function Page() { throw new Error('a defect'); }"
AFTER_PREFETCH_MS = 4000
GONE = {
    "no answer": lambda route: route.abort(),
    "not found": lambda route: route.fulfill(status=404, body="gone"),
    "a page in its place": lambda route: route.fulfill(content_type="text/html", body="<p>page"),
}


@pytest.fixture
def newcomer(cast: Cast, visit: VisitorMade) -> Visitor:
    return visit(cast.site, person=cast.site.person("noor"))


def _opened(visitor: Visitor, gone: str = "not found") -> Page:
    """The library, of an application that has lost the code of the page of jobs."""
    page = visitor.context.new_page()
    page.route(CODE, GONE[gone])
    visitor.open("/", page=page)
    expect(page.get_by_role("heading", name="Nothing here yet")).to_be_visible()
    return page


def _to_activity(page: Page) -> None:
    page.get_by_role("link", name="Activity").locator("visible=true").click()


def _released(page: Page) -> list[str]:
    """The server has a newer release, which a reload brings; the documents asked for since."""
    documents: list[str] = []

    def answer(route: Route) -> None:
        if route.request.resource_type == "document":
            documents.append(route.request.url)
            page.unroute(CODE)
            route.continue_()
            return
        served = route.fetch()
        route.fulfill(response=served, body=ENTRY.sub("/assets/index-newer.js", served.text()))

    page.route(re.compile(r"^https?://[^/]+/(activity)?$"), answer)
    return documents


def test_a_click_offline_waits_for_the_network_and_keeps_the_uploads(newcomer: Visitor) -> None:
    page = _opened(newcomer, "no answer")
    newcomer.context.set_offline(True)
    page.get_by_test_id("file-input").first.set_input_files(PHOTOGRAPHS / "dandelion-alpha.png")
    expect(uploads_in(page, "parked")).to_have_count(1)

    _to_activity(page)

    expect(page.get_by_role("heading", name="Waiting for the network")).to_be_visible()
    expect(page).to_have_title("Waiting for the network · Image Platform")
    expect(page.get_by_text("You are offline")).to_be_visible()
    expect(page.get_by_test_id("upload-dock")).to_be_visible()
    expect(page.get_by_role("navigation").locator("[aria-current=page]:visible")).to_have_text(
        "Activity"
    )

    page.unroute(CODE)
    newcomer.context.set_offline(False)

    expect(page.get_by_role("heading", name="Activity")).to_be_visible()
    expect(uploads_in(page, "done")).to_have_count(1)
    newcomer.lost_code_forgiven()


@pytest.mark.parametrize("gone", GONE)
def test_after_a_release_a_click_opens_the_page_by_one_reload(newcomer: Visitor, gone: str) -> None:
    page = _opened(newcomer, gone)
    documents = _released(page)

    _to_activity(page)

    expect(page.get_by_role("heading", name="Activity")).to_be_visible()
    assert [re.sub("^.*/", "/", url) for url in documents] == ["/activity"]
    newcomer.lost_code_forgiven()


def test_a_release_waits_for_the_uploads(newcomer: Visitor) -> None:
    page = _opened(newcomer)
    slow = upload_slowed(page, bytes_per_s=20_000)
    page.get_by_test_id("file-input").first.set_input_files(PHOTOGRAPHS / "mountains.jpg")
    expect(uploads_in(page, "sending")).to_have_count(1)
    documents = _released(page)

    _to_activity(page)

    expect(page.get_by_role("heading", name="There is a new version")).to_be_visible()
    expect(uploads_in(page, "sending")).to_have_count(1)
    assert documents == []
    slow.detach()
    expect(page.get_by_role("heading", name="Activity")).to_be_visible()
    assert len(documents) == 1
    expect(page.get_by_test_id("job-row")).to_have_count(1)
    newcomer.lost_code_forgiven()


def test_a_page_that_throws_leaves_what_is_around_it(newcomer: Visitor) -> None:
    page = newcomer.context.new_page()
    page.route(CODE, lambda route: route.fulfill(content_type="text/javascript", body=BROKEN_PAGE))
    newcomer.open("/", page=page)
    page.get_by_test_id("file-input").first.set_input_files(PHOTOGRAPHS / "dandelion-alpha.png")
    expect(uploads_in(page, "done")).to_have_count(1)

    _to_activity(page)

    expect(page.get_by_role("heading", name="Something went wrong on this page")).to_be_visible()
    expect(page).to_have_title("Something went wrong on this page · Image Platform")
    expect(page.get_by_test_id("upload-dock")).to_be_visible()
    assert newcomer.faults == ["thrown: a defect"]
    newcomer.faults.clear()
    page.get_by_role("link", name="Library").locator("visible=true").click()
    expect(page.get_by_test_id("tile")).to_have_count(1)
    expect(page.get_by_role("heading", name="Something went wrong on this page")).to_have_count(0)


def test_what_has_been_prefetched_opens_without_a_network(newcomer: Visitor) -> None:
    page = newcomer.context.new_page()
    arabic = page.expect_response("**/assets/ar-*.js")
    with arabic, page.expect_response("**/assets/SystemPage-*.js"):
        newcomer.open("/", page=page)
    newcomer.context.set_offline(True)

    page.get_by_role("link", name="System").locator("visible=true").click()
    expect(page.get_by_role("heading", name="System")).to_be_visible()
    page.get_by_role("button", name="Account menu").locator("visible=true").click()
    page.get_by_role("menuitemradio", name="العربية").click()
    expect(page.locator("html")).to_have_attribute("lang", "ar")


def test_somebody_who_saves_bytes_gets_the_code_of_this_page_only(newcomer: Visitor) -> None:
    newcomer.context.add_init_script(SAVE_DATA)
    page = newcomer.open("/")
    expect(page.get_by_role("heading", name="Nothing here yet")).to_be_visible()
    page.wait_for_timeout(AFTER_PREFETCH_MS)
    assert not [one.url for one in newcomer.requests if "SystemPage" in one.url]


def test_a_dialog_that_does_not_come_leaves_the_page_and_the_selection(
    cast: Cast, visit: VisitorMade
) -> None:
    visitor = visit(cast.site, person=cast.owner)
    page = visitor.context.new_page()
    page.route("**/assets/AddTagsDialog-*.js", GONE["no answer"])
    visitor.open("/", page=page)
    page.get_by_test_id("tile").first.get_by_role("checkbox").check(force=True)
    page.get_by_test_id("selection-bar").get_by_role("button", name="Add tags").click()
    toast = page.get_by_test_id("toasts").get_by_role("alert")
    expect(toast).to_contain_text("This could not be opened")
    expect(page.get_by_text("1 selected")).to_be_visible()

    page.unroute("**/assets/AddTagsDialog-*.js")
    page.get_by_test_id("selection-bar").get_by_role("button", name="Add tags").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    visitor.lost_code_forgiven()


@pytest.mark.parametrize("lost", ["index", "en", "SignInPage"])
def test_a_first_visit_whose_code_does_not_come_says_so(
    cast: Cast, visit: VisitorMade, lost: str
) -> None:
    visitor = visit(cast.site)
    page = visitor.context.new_page()
    page.route(f"**/assets/{lost}-*.js", GONE["not found"])
    visitor.open("/sign-in", page=page)
    told = page.locator("#root")
    expect(told).to_contain_text(re.compile("could not be loaded|taking long to load"))
    page.unroute(f"**/assets/{lost}-*.js")
    told.get_by_role("button").first.click()
    expect(page.get_by_label("E-mail")).to_be_visible()
    visitor.lost_code_forgiven()
    visitor.faults[:] = [fault for fault in visitor.faults if "could not be loaded" not in fault]
