"""Signing in through another site, in front of a provider of OpenID Connect that is one."""

import time
from typing import Any

import pyotp
import pytest
from playwright.sync_api import Locator, Page, expect

from platform_site.kit.identifiers import random_token
from tests.browser.site import Site
from tests.browser.visitor import VisitorMade
from tests.servers.person import Person

pytestmark = [pytest.mark.browser, pytest.mark.processes]

STEP_S = 30


def test_another_site_signs_in_who_is_new_or_says_why_not(laptop: Site, visit: VisitorMade) -> None:
    known = laptop.person("known")
    page = visit(laptop).open("/sign-in?next=/account/security")
    _signs_in_as(laptop, email=known.email, email_verified=False)
    page.get_by_role("button", name="Continue with Acme").click()
    refusal = page.get_by_role("alert")
    expect(refusal).to_contain_text("You could not be signed in")
    expect(refusal).to_contain_text("An account with this e-mail exists")
    assert "#" not in page.url

    page.goto(f"{laptop.address}/sign-in?next=/account/security")
    _signs_in_as(laptop)
    page.get_by_role("button", name="Continue with Acme").click()
    expect(page.get_by_role("heading", name="Security")).to_be_visible()
    expect(_linked(page)).to_have_count(1)


def test_a_linked_site_signs_in_and_the_second_step_is_still_asked_for(
    laptop: Site, visit: VisitorMade
) -> None:
    person = laptop.person("linked")
    _signs_in_as(laptop)
    page = visit(laptop, person=person).open("/account/security")
    page.get_by_role("button", name="Link Acme").click()
    expect(_linked(page)).to_contain_text("Acme")
    expect(page.get_by_role("alert")).to_have_count(0)

    # What opens one account opens no other.
    page = visit(laptop, person=laptop.person("other")).open("/account/security")
    page.get_by_role("button", name="Link Acme").click()
    expect(page.get_by_role("alert")).to_contain_text("linked to another account here")
    assert "#" not in page.url
    expect(_linked(page)).to_have_count(0)

    app = _app_added(person)
    page = visit(laptop).open("/sign-in")
    page.goto(f"{laptop.address}/sign-in?next=/account/security")
    page.get_by_role("button", name="Continue with Acme").click()
    expect(page.get_by_role("heading", name="Confirm that it is you")).to_be_visible()
    assert "#" not in page.url
    page.get_by_label("Code").fill(app.at(time.time() + STEP_S))
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="Security")).to_be_visible()


def _signs_in_as(site: Site, **claims: Any) -> None:
    """The provider has somebody else before it from now on, who is nobody here yet."""
    assert site.provider is not None
    name = random_token(6).lower()
    person = {"sub": name, "email": f"{name}@example.org", "email_verified": True, "name": name}
    site.provider.person = {**person, **claims}


def _linked(page: Page) -> Locator:
    return page.get_by_test_id("identities").get_by_role("listitem")


def _app_added(person: Person) -> pyotp.TOTP:
    """The person's authenticator app, confirmed by a code of half a minute ago."""
    begun = person.send("POST", "/auth/factors/otp")
    assert begun.status == 201, begun.body
    app = pyotp.TOTP(begun.json["secret"])
    code = app.at(time.time() - STEP_S)
    assert person.send("POST", "/auth/factors/otp/confirm", {"code": code}).status == 200
    return app
