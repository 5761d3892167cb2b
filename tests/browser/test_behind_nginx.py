"""The pages behind nginx: its headers, its compression, and a role that is down."""

import re
import time

import pytest
from playwright.sync_api import expect

from tests.browser.journey import photograph_goes_its_way
from tests.browser.policy import LOOSE, directives, page_answer, scripts_allowed
from tests.browser.site import Site
from tests.browser.visitor import VisitorMade
from tests.servers.person import PHOTOGRAPHS, Person

pytestmark = [pytest.mark.browser, pytest.mark.processes]


def test_alice_registers_uploads_builds_copies_deletes_and_restores(
    split: Site, visit: VisitorMade
) -> None:
    photograph_goes_its_way(visit(split))


@pytest.mark.parametrize("path", ["/", "/sign-in", "/images/no-such-image"])
def test_every_page_has_the_headers_that_protect_it(
    split: Site, visit: VisitorMade, path: str
) -> None:
    answer = page_answer(visit(split), path)
    headers = answer.headers
    assert scripts_allowed(answer) == {"'self'"}
    assert not directives(headers["content-security-policy"]).get("style-src", set()) & LOOSE
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cache-control"] == "no-cache"


def test_scripts_come_compressed_and_may_be_kept_for_ever(split: Site, visit: VisitorMade) -> None:
    visitor = visit(split)
    page = visitor.context.new_page()
    with page.expect_response(re.compile(r"/assets/index-.+\.js$")) as loaded:
        visitor.open("/sign-in", page=page)
    assert loaded.value.headers["content-encoding"] == "gzip"
    assert "immutable" in loaded.value.headers["cache-control"]


def test_a_role_that_is_down_is_named_and_the_rest_goes_on(split: Site, visit: VisitorMade) -> None:
    assert split.split is not None
    alice = split.person("alice")
    stored = alice.upload(PHOTOGRAPHS / "dandelion-alpha.png", presets="thumb").json
    alice.job_ended(stored["job"]["id"])
    page = visit(split, person=alice).open("/")
    expect(page.get_by_test_id("tile")).to_have_count(1)
    images = split.split.programs["images"]
    images.stop()
    try:
        page.get_by_role("link", name="Trash").locator("visible=true").click()
        expect(page.get_by_text(re.compile("are unavailable: images"))).to_be_visible()
        page.get_by_role("link", name="Library").locator("visible=true").click()
        page.reload()
        expect(page.get_by_text(re.compile("are unavailable: images"))).to_be_visible()
        expect(page.get_by_text("The images could not be loaded")).to_be_visible()
        notice = page.get_by_role("alert")
        expect(notice).to_contain_text("A service is unavailable")
        expect(notice.locator("code")).to_have_text(re.compile(r"^[\w-]{8,}$"))
        page.get_by_role("link", name="System").locator("visible=true").click()
        role = page.get_by_test_id("roles").get_by_role("listitem").filter(has_text="images")
        expect(role).to_contain_text("Down")
        auth = page.get_by_test_id("roles").get_by_role("listitem").filter(has_text="auth")
        expect(auth).to_contain_text("Operational")
    finally:
        split.split.start("images")

    _api_answers_again(alice)
    page.get_by_role("link", name="Library").locator("visible=true").click()
    expect(page.get_by_test_id("tile")).to_have_count(1)
    expect(page.get_by_text(re.compile("are unavailable: images"))).to_have_count(0)


def test_without_the_role_that_signs_in_the_pages_say_so(split: Site, visit: VisitorMade) -> None:
    assert split.split is not None
    visitor = visit(split, person=split.person("alice"))
    page = visitor.open("/")
    expect(page.get_by_role("heading", name="Nothing here yet")).to_be_visible()
    split.split.programs["auth"].stop()
    try:
        with page.expect_response("**/auth/refresh") as refused:
            page.reload()
        problem = refused.value.json()
        expect(page.get_by_role("heading", name="could not be checked")).to_be_visible()
        notice = page.get_by_role("alert")
        expect(notice).to_contain_text("A service is unavailable")
        expect(notice.locator("code")).to_have_text(problem["request_id"])

        page.get_by_role("link", name="System status").click()
        roles = page.get_by_test_id("roles").get_by_role("listitem")
        expect(roles.filter(has_text="auth")).to_contain_text("Down")
        page.reload()
        expect(roles.filter(has_text="auth")).to_contain_text("Down")
        expect(roles.filter(has_text="gateway")).to_contain_text("Operational")
    finally:
        split.split.start("auth")


def _api_answers_again(person: Person) -> None:
    """Wait until the gateway has noticed that the role is back: its breaker takes some seconds."""
    deadline = time.monotonic() + 60
    while (answer := person.send("GET", "/api/v1/images")).status != 200:
        assert time.monotonic() < deadline, answer.body
        time.sleep(0.2)
