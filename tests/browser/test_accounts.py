"""The account's pages and the sign-in in front of the real services."""

import re
import time
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pyotp
import pytest
from playwright.sync_api import Page, expect

from tests.browser.site import Site
from tests.browser.visitor import Look, VisitorMade
from tests.servers.person import PASSWORD, Person

pytestmark = [pytest.mark.browser, pytest.mark.processes]

MAILED_WITHIN_S = 30.0
NEW_PASSWORD = "another sentence nobody guesses"
# A platform authenticator whose user is there and has been verified.
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
NO_AUTOFILL = "PublicKeyCredential.isConditionalMediationAvailable = async () => false;"


def test_a_second_factor_is_set_up_and_asked_for(laptop: Site, visit: VisitorMade) -> None:
    person = laptop.person("factor")
    page = visit(laptop, person=person).open("/account/security")
    page.get_by_role("button", name="Set up the app").click()
    picture = page.get_by_role("img", name="QR code")
    expect(picture).to_be_visible()
    page.wait_for_function("() => [...document.images].every((image) => image.naturalWidth > 0)")
    app = pyotp.TOTP(page.get_by_test_id("otp-secret").inner_text())
    page.get_by_label("Code").fill(app.now())
    page.get_by_role("button", name="Turn on").click()
    shown = page.get_by_test_id("recovery-codes").get_by_role("listitem")
    expect(shown).to_have_count(10)
    codes = shown.all_inner_texts()
    page.get_by_role("button", name="I have kept them").click()
    expect(page.get_by_text("10 codes left")).to_be_visible()

    other = visit(laptop).open("/sign-in")
    _password_given(other, person)
    other.get_by_role("button", name="Use a recovery code").click()
    other.get_by_label("Recovery code").fill(codes[0])
    other.get_by_label("Remember this device").check()
    other.get_by_role("button", name="Sign in", exact=True).click()
    expect(other.get_by_role("heading", name="Library")).to_be_visible()
    other.goto(f"{laptop.address}/account/sessions")
    expect(other.get_by_test_id("remembered-devices").get_by_role("listitem")).to_have_count(1)


def test_a_passkey_is_made_and_signs_in(laptop: Site, visit: VisitorMade) -> None:
    # A passkey belongs to a name: browsers take none for an address.
    site = replace(laptop, address=f"http://localhost:{urlsplit(laptop.address).port}")
    person = site.person("passkey")
    visitor = visit(site, person=person)
    page = visitor.context.new_page()
    # Its user is always there, and would be signed in by the field before the button is pressed.
    page.add_init_script(NO_AUTOFILL)
    devices = visitor.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    visitor.open("/account/security", page=page)
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_test_id("passkeys").get_by_role("listitem")).to_have_count(1)
    page.get_by_role("button", name="I have kept them").click()

    page.get_by_role("button", name="Account menu").locator("visible=true").click()
    page.get_by_role("menuitem", name="Sign out").click()
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", name="Security")).to_be_visible()


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


def _password_given(page: Page, person: Person) -> None:
    page.get_by_label("E-mail").fill(person.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="Confirm that it is you")).to_be_visible()


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
