"""Every page in every state, in both languages: accessible in both themes, and on a phone."""

import pytest
from playwright.sync_api import expect

from tests.browser.cast import Cast
from tests.browser.faults_of_pages import (
    AXE,
    faults_when_narrow,
    small_targets,
    violations,
)
from tests.browser.views import VIEWS, View
from tests.browser.visitor import Locale, Look, VisitorMade

pytestmark = [pytest.mark.browser, pytest.mark.processes]

DIRECTIONS = {"en": "ltr", "ar": "rtl"}


@pytest.fixture(scope="module", autouse=True)
def axe_is_here() -> None:
    assert AXE.is_file(), "axe-core is not among the SPA's installed packages"


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.name)
@pytest.mark.parametrize("locale", DIRECTIONS)
def test_nothing_serious_is_found_and_360_pixels_are_enough(
    cast: Cast, visit: VisitorMade, view: View, locale: Locale
) -> None:
    person, password = cast.person(view.who)
    page = visit(cast.site, Look(locale=locale), person, password).context.new_page()
    view.open(page, cast.site, image=cast.image)

    expect(page.locator("html")).to_have_attribute("lang", locale)
    expect(page.locator("html")).to_have_attribute("dir", DIRECTIONS[locale])
    assert [*violations(page), *small_targets(page), *faults_when_narrow(page)] == []
