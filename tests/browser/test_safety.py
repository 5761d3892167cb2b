"""Tokens stay in memory, pages load nothing foreign, and tabs agree on the session."""

import re
import time
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Page, Request, Route, expect

from tests.browser.cast import Cast
from tests.browser.policy import LOOSE, directives, page_answer, scripts_allowed
from tests.browser.sessions import other_sessions_ended
from tests.browser.site import Site
from tests.browser.visitor import Visitor, VisitorMade
from tests.servers.person import PASSWORD, PHOTOGRAPHS

pytestmark = [pytest.mark.browser, pytest.mark.processes]

EVERYTHING_KEPT = """
async () => {
  const kept = [document.cookie, location.href, document.documentElement.outerHTML];
  for (const storage of [localStorage, sessionStorage]) kept.push(JSON.stringify({...storage}));
  kept.push(...(await indexedDB.databases()).map(({name}) => `database ${name}`));
  kept.push(...(await caches.keys()).map((name) => `cache ${name}`));
  return kept;
}
"""
TOKEN = re.compile(r"eyJ[\w-]{10,}\.[\w-]+\.")
POLL_MS = 50
HELD_WITHIN_S = 10.0
TAB_WAITS = "async () => (await navigator.locks.query()).pending.length > 0"


def test_no_token_is_ever_kept_or_put_into_an_address(cast: Cast, visit: VisitorMade) -> None:
    visitor = visit(cast.site)
    page = visitor.open("/sign-in")
    page.get_by_label("E-mail").fill(cast.owner.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    with page.expect_response("**/auth/login") as signed_in:
        page.get_by_role("button", name="Sign in").click()
    token = signed_in.value.json()["access"]
    assert TOKEN.match(token)
    expect(page.get_by_test_id("tile").first).to_be_visible()
    page.get_by_test_id("tile").first.get_by_role("link").click()
    page.get_by_role("tab", name="Transform").click()
    expect(page.get_by_test_id("curl")).to_be_visible()

    kept = page.evaluate(EVERYTHING_KEPT)
    assert not [words for words in kept if TOKEN.search(words) or token in words]
    assert not [words for words in kept if words.startswith(("database ", "cache "))]
    assert not [request.url for request in visitor.requests if TOKEN.search(request.url)]
    assert kept[0] == ""  # no cookie that a script could read
    (cookie,) = visitor.context.cookies()
    assert (cookie["name"], cookie["httpOnly"], cookie["sameSite"], cookie["path"]) == (
        *("refresh", True, "Strict"),
        "/auth",
    )


def test_one_refresh_serves_all_tabs(cast: Cast, visit: VisitorMade) -> None:
    visitor = visit(cast.site, person=cast.owner)
    tabs = [_tab_with_a_clock(visitor) for _ in range(2)]
    before = visitor.refreshes()
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    visitor.context.route("**/auth/refresh", hold)

    # One clock for the whole context: each tab finds its token too old when its next poll is due.
    with visitor.context.expect_event("request", _is_refresh):
        tabs[0].clock.fast_forward("15:00")
    tabs[0].wait_for_function(TAB_WAITS)
    deadline = time.monotonic() + HELD_WITHIN_S
    while not held:  # the request is told of before it is routed
        assert time.monotonic() < deadline
        tabs[0].wait_for_timeout(POLL_MS)
    assert len(held) == 1
    renewed = held[0].fetch()
    held[0].fulfill(response=renewed)

    token = renewed.json()["access"]
    for tab in tabs:
        _goes_on_with(tab, token)
    assert len(held) == 1
    assert visitor.refreshes() == before + 1


def _is_refresh(request: Request) -> bool:
    return request.url.endswith("/auth/refresh")


def _tab_with_a_clock(visitor: Visitor) -> Page:
    tab = visitor.context.new_page()
    tab.clock.install()
    visitor.open("/", page=tab)
    expect(tab.get_by_test_id("tile").first).to_be_visible()
    return tab


def _goes_on_with(tab: Page, token: str) -> None:
    with tab.expect_request("**/auth/sessions") as asked:
        tab.get_by_role("button", name="Account menu").locator("visible=true").click()
        tab.get_by_role("menuitem", name="Account").click()
        tab.get_by_role("link", name="Devices").click()
    assert asked.value.header_value("authorization") == f"Bearer {token}"


def test_signing_out_in_one_tab_signs_out_the_others(cast: Cast, visit: VisitorMade) -> None:
    visitor = visit(cast.site, person=cast.owner)
    tabs = [visitor.open("/"), visitor.open("/activity")]
    for tab in tabs:
        expect(tab.get_by_role("heading", level=1)).to_be_visible()

    tabs[0].get_by_role("button", name="Account menu").locator("visible=true").click()
    tabs[0].get_by_role("menuitem", name="Sign out").click()

    for tab in tabs:
        expect(tab.get_by_role("heading", name="Sign in")).to_be_visible()
        expect(tab.get_by_test_id("tile")).to_have_count(0)
    assert visitor.context.cookies() == []


def test_who_signs_in_next_sees_nothing_of_the_person_before(
    cast: Cast, visit: VisitorMade
) -> None:
    alice, bob = cast.site.person("alice"), cast.site.person("bob")
    assert alice.upload(PHOTOGRAPHS / "dandelion-alpha.png", presets="thumb").status == 202
    visitor = visit(cast.site, person=alice)
    tab = _tab_with_a_clock(visitor)
    other_sessions_ended(alice, token=visitor.token())
    tab.clock.fast_forward("15:00")
    dialog = tab.get_by_role("dialog", name="Your session has ended")
    expect(dialog).to_be_visible()
    expect(tab.get_by_test_id("tile")).to_have_count(1)

    other = visitor.open("/sign-in")
    other.get_by_label("E-mail").fill(bob.email)
    other.get_by_label("Password", exact=True).fill(PASSWORD)
    other.get_by_role("button", name="Sign in").click()
    expect(other.get_by_role("heading", name="Nothing here yet")).to_be_visible()

    expect(dialog).to_have_count(0)
    expect(tab.get_by_role("heading", name="Nothing here yet")).to_be_visible()
    expect(tab.get_by_test_id("tile")).to_have_count(0)
    expect(tab.get_by_role("button", name="bob").first).to_be_attached()


def test_signing_out_ends_the_session_on_the_server(cast: Cast, visit: VisitorMade) -> None:
    visitor = visit(cast.site, person=cast.owner)
    page = visitor.context.new_page()
    with page.expect_response("**/auth/refresh") as restored:
        visitor.open("/", page=page)
    token = restored.value.json()["access"]
    page.get_by_role("button", name="Account menu").locator("visible=true").click()
    with page.expect_response("**/auth/logout"):
        page.get_by_role("menuitem", name="Sign out").click()

    with_token = replace(cast.owner, token=token)
    assert with_token.send("GET", "/auth/profile").status == 401


@pytest.mark.parametrize("path", ["/", "/sign-in", "/no/such/page"])
def test_the_policy_lets_only_our_own_scripts_run(
    laptop: Site, visit: VisitorMade, path: str
) -> None:
    answer = page_answer(visit(laptop), path)
    assert scripts_allowed(answer) == {"'self'"}
    rules = directives(answer.headers["content-security-policy"])
    assert rules["object-src"] == {"'none'"}
    assert rules["frame-ancestors"] == {"'none'"}
    assert not rules.get("style-src", set()) & LOOSE


def test_an_injected_script_does_not_run(laptop: Site, visit: VisitorMade) -> None:
    visitor = visit(laptop)
    page = visitor.open("/sign-in")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    inject: Any = """() => {
      const script = document.createElement("script");
      script.textContent = "window.injected = true";
      document.head.append(script);
    }"""
    with page.expect_console_message(lambda words: "policy violated" in words.text):
        page.evaluate(inject)
    assert page.evaluate("() => window.injected") is None
    assert visitor.faults
    visitor.faults.clear()  # they were the point
