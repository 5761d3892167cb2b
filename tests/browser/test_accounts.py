"""The account's pages and the sign-in in front of the real services."""

import os
import re
import sqlite3
import subprocess
import time
import zipfile
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Page, expect

from platform_site.kit.identifiers import random_token
from tests.browser.mails import link_mailed
from tests.browser.settled import AUTHENTICATOR, site_by_name
from tests.browser.site import Site
from tests.browser.views import BY_NAME
from tests.browser.visitor import Look, VisitorMade
from tests.servers.person import PASSWORD, PHOTOGRAPHS, Person

pytestmark = [pytest.mark.browser, pytest.mark.processes]

NEW_PASSWORD = "another sentence nobody guesses"
NO_AUTOFILL_AT_FIRST = """
if (!sessionStorage.getItem("autofill")) {
  PublicKeyCredential.isConditionalMediationAvailable = async () => false;
}
"""
CODE_S = 30
LONG_AGO = "2020-01-01 00:00:00"


def test_a_second_factor_is_set_up_and_asked_for(laptop: Site, visit: VisitorMade) -> None:
    person = laptop.person("factor")
    visitor = visit(laptop, person=person)
    page = visitor.open("/account/security")
    _proof_aged(laptop, person)
    page.get_by_role("button", name="Set up the app").click()
    proof = page.get_by_role("dialog", name="Confirm that it is you")
    proof.get_by_label("Password", exact=True).fill("not the password")
    proof.get_by_role("button", name="Confirm").click()
    expect(proof.get_by_role("alert")).to_be_visible()
    proof.get_by_label("Password", exact=True).fill(PASSWORD)
    proof.get_by_role("button", name="Confirm").click()

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
    assert codes[0] not in page.content()  # they are shown once

    other = visit(laptop).open("/sign-in")
    _password_given(other, person)
    expect(other.get_by_role("heading", name="Confirm that it is you")).to_be_visible()
    other.get_by_label("Code").fill(app.at(time.time() + CODE_S))
    other.get_by_label("Remember this device").check()
    other.get_by_role("button", name="Sign in", exact=True).click()
    expect(other.get_by_role("heading", name="Library")).to_be_visible()
    _sign_out(other)
    _password_given(other, person)
    expect(other.get_by_role("heading", name="Library")).to_be_visible()  # it is remembered

    other.goto(f"{laptop.address}/account/sessions")
    other.get_by_role("button", name=re.compile("^Forget")).click()
    expect(other.get_by_text("No device is remembered.")).to_be_visible()
    _sign_out(other)
    _password_given(other, person)
    other.get_by_role("button", name="Use a recovery code").click()
    other.get_by_label("Recovery code").fill(codes[0])
    other.get_by_role("button", name="Sign in", exact=True).click()
    expect(other.get_by_role("heading", name="Devices", exact=True)).to_be_visible()
    other.goto(f"{laptop.address}/account/security")
    expect(other.get_by_text("9 codes left")).to_be_visible()


def test_a_passkey_is_made_and_signs_in(laptop: Site, visit: VisitorMade) -> None:
    site = site_by_name(laptop)
    person = site.person("passkey")
    visitor = visit(site, person=person)
    page = visitor.context.new_page()
    # Its user is always there, and would be signed in by the field before the button is pressed.
    page.add_init_script(NO_AUTOFILL_AT_FIRST)
    devices = visitor.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    visitor.open("/account/security", page=page)
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_test_id("passkeys").get_by_role("listitem")).to_have_count(1)
    page.get_by_role("button", name="I have kept them").click()

    _sign_out(page)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", name="Security")).to_be_visible()

    # From the list that the field of the address offers.
    page.evaluate("() => sessionStorage.setItem('autofill', 'on')")
    page.reload()
    expect(page.get_by_role("heading", name="Security")).to_be_visible()
    with page.expect_response("**/auth/login/passkey") as answered:
        _sign_out(page)
    assert answered.value.status == 200
    expect(page.get_by_role("heading", name="Security")).to_be_visible()

    _made_staff(laptop, person)
    page.goto(f"{site.address}/admin/login/")
    page.locator("[name=username]").fill(person.email)
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="passkey").click()
    expect(page.get_by_role("heading", name="Site administration")).to_be_visible()


def test_a_key_is_made_used_and_revoked(laptop: Site, visit: VisitorMade) -> None:
    person = laptop.person("keys")
    image = person.upload(PHOTOGRAPHS / "dandelion-alpha.png").json["image"]["id"]
    visitor = visit(laptop, person=person)
    page = visitor.open("/account/keys")
    page.get_by_role("button", name="Create a key").click()
    page.get_by_label("Name").fill("Backup")
    page.get_by_label("Upload, change and delete images").check()
    page.get_by_role("dialog").get_by_role("button", name="Create a key").click()
    key = page.get_by_test_id("new-key").inner_text()
    assert key.startswith("ip_live_")
    program = replace(person, token=key)
    assert program.send("DELETE", "/api/v1/account", {"password": PASSWORD}).status in {401, 403}
    page.get_by_role("button", name="I have copied it").click()
    assert key not in page.content()  # it is shown once
    builder = visitor.context.new_page()
    BY_NAME["image-builder"].open(builder, laptop, image=image)
    line = builder.get_by_test_id("curl").inner_text()
    assert _curl(line, key) in {"200", "202"}

    page.get_by_role("button", name="Revoke Backup").click()
    page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    expect(page.get_by_text("No API keys")).to_be_visible()
    assert _curl(line, key) == "401"


@pytest.mark.parametrize("locale", ["en", "ar"])
def test_a_password_is_reset_by_mail(laptop: Site, visit: VisitorMade, locale: str) -> None:
    person = laptop.person("reset")
    page = visit(laptop, Look(locale="ar" if locale == "ar" else "en")).open("/forgot-password")
    page.locator("form input").fill(person.email)
    page.locator("form button[type=submit]").click()
    expect(page.locator("form")).to_have_count(0)
    link = link_mailed(laptop, person.email, "reset-password")
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


def test_an_address_is_confirmed_and_changed_by_links(laptop: Site, visit: VisitorMade) -> None:
    first = f"jos\u00e9-{random_token(6)}@example.com".lower()
    second = f"\u0645\u0631\u064a\u0645-{random_token(6)}@example.com".lower()
    page = visit(laptop).open("/register")
    page.get_by_label("Name").fill("José")
    page.get_by_label("E-mail").fill(first)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_role("heading", name="Library")).to_be_visible()
    page.goto(link_mailed(laptop, first, "verify-email"))
    expect(page.get_by_text("Your address is confirmed.")).to_be_visible()

    page.get_by_role("link", name="Go to your account").click()
    page.get_by_label("New address").fill("no address")
    page.get_by_role("button", name="Change the address").click()
    expect(page.get_by_label("New address")).to_have_accessible_description(re.compile(r"\w"))
    page.get_by_label("New address").fill(second)
    page.get_by_role("button", name="Change the address").click()
    expect(page.get_by_role("status").filter(has_text=second)).to_be_visible()
    page.goto(link_mailed(laptop, second, "confirm-email"))
    expect(page.get_by_text("to the other address")).to_be_visible()
    page.goto(link_mailed(laptop, first, "confirm-email"))
    expect(page.get_by_text("The account has its new address.")).to_be_visible()
    page.get_by_role("link", name="Go to your account").click()
    expect(page.get_by_label("E-mail", exact=True)).to_have_value(second)


def test_an_export_is_made_and_downloaded(laptop: Site, visit: VisitorMade) -> None:
    person = laptop.person("export")
    original = PHOTOGRAPHS / "dandelion-alpha.png"
    stored = person.upload(original).json
    page = visit(laptop, person=person).open("/account/export")
    page.get_by_role("button", name="Export everything").click()
    with page.expect_download() as downloaded:
        page.get_by_role("link", name="Download").click()
    with zipfile.ZipFile(downloaded.value.path()) as archive:
        assert archive.testzip() is None
        contents = {name: archive.read(name) for name in archive.namelist()}
    assert original.read_bytes() in contents.values()
    assert person.email.encode() in b"".join(contents.values())
    assert stored["image"]["id"].encode() in b"".join(contents.values())


def _password_given(page: Page, person: Person) -> None:
    page.get_by_label("E-mail").fill(person.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def _sign_out(page: Page) -> None:
    page.get_by_role("button", name="Account menu").locator("visible=true").click()
    page.get_by_role("menuitem", name="Sign out").click()


def _proof_aged(site: Site, person: Person) -> None:
    """Make every sign-in of the person so old that dangerous acts ask for a proof."""
    file = Path(site.environment()["VAR_DIR"]) / "platform.sqlite3"
    with closing(sqlite3.connect(file, timeout=30)) as database, database:
        changed = database.execute(
            "UPDATE accounts_session SET authenticated_at = ? WHERE user_id ="
            " (SELECT id FROM accounts_user WHERE email = ?)",
            (LONG_AGO, person.email),
        )
        assert changed.rowcount == 2  # the browser's and the person's own


def _made_staff(site: Site, person: Person) -> None:
    file = Path(site.environment()["VAR_DIR"]) / "platform.sqlite3"
    with closing(sqlite3.connect(file, timeout=30)) as database, database:
        database.execute("UPDATE accounts_user SET is_staff = 1 WHERE email = ?", (person.email,))


def _curl(line: str, key: str) -> str:
    """The status that a command of the pages gets, in a shell where ``API_KEY`` is ``key``."""
    run = subprocess.run(
        ["/bin/sh", "-c", f"{line} -s -o /dev/null -w '%{{http_code}}'"],
        env={"PATH": os.environ["PATH"], "API_KEY": key},
        capture_output=True,
        text=True,
        check=True,
    )
    return run.stdout
