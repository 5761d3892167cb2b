"""The account's pages and the sign-in in front of the real services."""

import re
import time
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.site import Site
from tests.browser.visitor import Look, VisitorMade
from tests.servers.person import PASSWORD, Person

pytestmark = [pytest.mark.browser, pytest.mark.processes]

MAILED_WITHIN_S = 30.0
NEW_PASSWORD = "another sentence nobody guesses"


def test_a_key_is_made_used_and_revoked(laptop: Site, visit: VisitorMade) -> None:
    person = laptop.person("keys")
    page = visit(laptop, person=person).open("/account/keys")
    page.get_by_role("button", name="Create a key").click()
    page.get_by_label("Name").fill("Backup")
    page.get_by_role("dialog").get_by_role("button", name="Create a key").click()
    key = page.get_by_test_id("new-key").inner_text()
    assert key.startswith("ip_live_")
    program = replace(person, token=key)
    assert program.send("GET", "/api/v1/images").status == 200
    assert program.send("DELETE", "/api/v1/account", {"password": PASSWORD}).status in {401, 403}
    page.get_by_role("button", name="I have copied it").click()
    page.get_by_role("button", name="Revoke Backup").click()
    page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    expect(page.get_by_text("No API keys")).to_be_visible()
    assert program.send("GET", "/api/v1/images").status == 401


@pytest.mark.parametrize("locale", ["en", "ar"])
def test_a_password_is_reset_by_mail(laptop: Site, visit: VisitorMade, locale: str) -> None:
    person = laptop.person("reset")
    page = visit(laptop, Look(locale="ar" if locale == "ar" else "en")).open("/forgot-password")
    page.locator("form input").fill(person.email)
    page.locator("form button[type=submit]").click()
    expect(page.locator("form")).to_have_count(0)
    link = _mailed(laptop, person, "reset-password")
    page.goto(link)
    page.locator("form input").fill(NEW_PASSWORD)
    assert "token" not in page.url
    page.locator("form button[type=submit]").click()
    page.locator("main a[href='/sign-in']").click()
    page.locator("input[name=email]").fill(person.email)
    page.locator("input[name=password]").fill(NEW_PASSWORD)
    page.locator("form button[type=submit]").click()
    expect(page.get_by_test_id("file-input").first).to_be_attached()
    page.goto(link)
    page.locator("form input").fill(PASSWORD)
    page.locator("form button[type=submit]").click()
    expect(page.get_by_role("alert")).to_be_visible()  # a link works once


def _mailed(site: Site, person: Person, page: str) -> str:
    """The link to ``page`` in the newest mail to ``person``."""
    log = Path(site.environment()["VAR_DIR"]) / "log" / "mails.log"
    deadline = time.monotonic() + MAILED_WITHIN_S
    while True:
        text = log.read_text() if log.is_file() else ""
        after = text[text.rfind(person.email) :] if person.email in text else ""
        if found := re.findall(rf"\S+/{page}#token=\S+", after):
            return str(found[-1])
        assert time.monotonic() < deadline, text[-2000:]
        time.sleep(0.2)
