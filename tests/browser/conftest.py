"""Chromium and two platforms for it: embedded for most tests, split behind nginx for a few."""

from collections.abc import Generator, Iterator
from contextlib import AbstractContextManager, ExitStack

import pytest
from playwright.sync_api import Browser, Error, expect, sync_playwright

from tests.browser.cast import Cast, cast_made
from tests.browser.measures import MEASURES
from tests.browser.site import DIST, Site, behind_nginx, embedded
from tests.browser.visitor import (
    TIMEOUT_MS,
    Look,
    Visitor,
    VisitorMade,
    chromium,
    chromium_launch,
    visiting,
)
from tests.edge.server import nginx_binary
from tests.measured import MEASURED
from tests.needs import missing
from tests.servers.oidc_provider import oidc_provider
from tests.servers.person import PASSWORD, Person
from tests.servers.processes import ROOT

FAILURES = ROOT / "var" / "screenshots" / "failures"
FAILED = pytest.StashKey[bool]()
LIBRARY = 9


@pytest.fixture(scope="package", autouse=True)
def browser_is_here() -> None:
    """Without a browser nothing can be tested; where every test has to run, that is a failure."""
    if not chromium():
        missing("Chromium is not installed; install it: apt-get install chromium-headless-shell")
    if not (DIST / "index.html").is_file():
        missing("the SPA is not built; build it: make test, or sh .ci/frontend build")


@pytest.fixture(scope="package")
def browser(browser_is_here: None) -> Iterator[Browser]:
    """One Chromium for all. It ends with this folder: its event loop is Django's enemy."""
    expect.set_options(timeout=TIMEOUT_MS)
    with sync_playwright() as playwright:
        launched = chromium_launch(playwright)
        yield launched
        launched.close()


@pytest.fixture(scope="package")
def laptop(browser_is_here: None) -> Iterator[Site]:
    """The platform as `make up` runs it, with another site that signs people in."""
    with oidc_provider() as provider, embedded(provider) as site:
        yield site


@pytest.fixture(scope="package")
def cast(laptop: Site) -> Cast:
    """People at the laptop, for tests that change nothing of theirs."""
    return cast_made(laptop, pictures=LIBRARY)


@pytest.fixture(scope="module")
def split(browser_is_here: None, postgresql_url: str) -> Iterator[Site]:
    """The roles as processes of their own behind nginx."""
    if nginx_binary() is None:
        missing("nginx is not installed; install it: apt-get install nginx-light")
    with behind_nginx(postgresql_url) as site:
        yield site


@pytest.fixture
def visit(request: pytest.FixtureRequest, browser: Browser) -> Iterator[VisitorMade]:
    """Makes visitors. When the test is over, none of their pages may have caused a fault."""
    visitors: list[Visitor] = []
    with ExitStack() as stack:

        def made(
            site: Site,
            look: Look | None = None,
            person: Person | None = None,
            password: str = PASSWORD,
        ) -> Visitor:
            entered: AbstractContextManager[Visitor] = visiting(
                browser, site, look, person=person, password=password
            )
            visitors.append(stack.enter_context(entered))
            return visitors[-1]

        yield made
        _pages_kept(request.node, visitors)
    assert [fault for visitor in visitors for fault in visitor.faults] == []


def _pages_kept(item: pytest.Item, visitors: list[Visitor]) -> None:
    """Pictures of what a failed test saw last, in ``var/screenshots/failures``."""
    if not item.stash.get(FAILED, False):
        return
    FAILURES.mkdir(parents=True, exist_ok=True)
    pages = [page for visitor in visitors for page in visitor.context.pages]
    for number, page in enumerate(pages):
        name = "".join(c if c.isalnum() else "-" for c in item.name)
        try:
            page.screenshot(path=FAILURES / f"{name}.{number}.png", timeout=5_000)
        except Error as refused:
            item.add_report_section("teardown", "screenshot", str(refused))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Remember that a test has failed, for the pictures; give the run what it measured."""
    report = yield
    if report.failed:
        item.stash[FAILED] = True
    report.user_properties.extend((MEASURED, words) for words in MEASURES)
    MEASURES.clear()
    return report
