"""What a visitor holds against a page, and what not."""

import pytest
from playwright.sync_api import Page, Route

from tests.browser.site import Site
from tests.browser.visitor import Visitor, VisitorMade

pytestmark = [pytest.mark.browser, pytest.mark.processes]

HELD = "/assets/held.js"
ASKED_FOR = f"() => void import('{HELD}').catch(() => undefined)"


def _asking(visitor: Visitor) -> Page:
    """A page that waits for code which nobody answers."""
    page = visitor.open("/sign-in")
    page.route(f"**{HELD}", lambda _: None)
    with page.expect_request(f"**{HELD}"):
        page.evaluate(ASKED_FOR)
    return page


def test_code_that_a_page_still_waited_for_when_it_was_left_is_no_fault(
    laptop: Site, visit: VisitorMade
) -> None:
    visitor = visit(laptop)
    page = _asking(visitor)
    with page.expect_event("requestfailed", lambda request: request.url.endswith(HELD)) as lost:
        page.reload()
    assert lost.value.failure == "net::ERR_ABORTED"
    assert visitor.faults == []


def test_code_that_a_page_asked_for_while_the_next_was_on_its_way_is_no_fault(
    laptop: Site, visit: VisitorMade
) -> None:
    visitor = visit(laptop)
    page = visitor.open("/sign-in")
    page.route(f"**{HELD}", lambda _: None)
    next_documents: list[Route] = []

    def keep(route: Route) -> None:
        next_documents.append(route)

    page.route("**/register", keep)
    with page.expect_request(f"**{HELD}"):
        page.evaluate(f"() => {{ location.href = '/register'; setTimeout({ASKED_FOR}, 500); }}")
    assert next_documents
    with page.expect_event("requestfailed", lambda request: request.url.endswith(HELD)) as lost:
        next_documents[0].continue_()
    assert lost.value.failure == "net::ERR_ABORTED"
    page.wait_for_url("**/register")
    assert visitor.faults == []


def test_code_that_is_on_its_way_when_the_network_goes_is_no_fault(
    laptop: Site, visit: VisitorMade
) -> None:
    visitor = visit(laptop)
    page = visitor.open("/sign-in")
    visitor.context.set_offline(True)
    with page.expect_event("requestfailed", lambda request: request.url.endswith(HELD)):
        page.evaluate(ASKED_FOR)
    assert visitor.faults == []


def test_code_that_is_aborted_while_its_page_stays_is_a_fault(
    laptop: Site, visit: VisitorMade
) -> None:
    visitor = visit(laptop)
    page = _asking(visitor)
    visitor.open("/register")  # another tab goes on; that excuses nothing in this one
    with page.expect_event("requestfailed", lambda request: request.url.endswith(HELD)):
        page.evaluate("() => window.stop()")
    assert visitor.faults == [f"net::ERR_ABORTED: {laptop.address}{HELD}"]
    visitor.faults.clear()  # it was the point
