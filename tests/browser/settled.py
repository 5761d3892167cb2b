"""Somebody whose account has been in use: factors, devices, keys, entries of the log, an export."""

from dataclasses import replace
from typing import Final

import pyotp
from playwright.sync_api import Page, expect

from platform_site.kit.identifiers import random_token
from tests.browser.mails import link_mailed
from tests.browser.site import Site
from tests.browser.visitor import Visitor
from tests.servers.person import PASSWORD, PHOTOGRAPHS, Person
from tests.waiting import until

FIREFOX: Final = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
EDGE: Final = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 "
    "(KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36 Edg/138.0.0.0"
)
IPHONE: Final = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1"
)
KEYS: Final = (
    {"name": "Nightly backup", "scopes": ["images:read", "jobs"]},
    {
        "name": "Camera in the studio",
        "scopes": ["images:write"],
        "addresses": ["203.0.113.0/24"],
        "expires_at": "2030-01-01T00:00:00Z",
    },
)
AUTHENTICATOR: Final = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
"""One of the platform, whose user is there and has been verified."""


def newly_here(site: Site) -> Person:
    """Somebody who has just registered, at Firefox."""
    email = f"alice-{random_token(6)}@example.com".lower()
    return Person(email, site.address, site.address, site.address, device=FIREFOX).sign_up()


def settle(visitor: Visitor, person: Person) -> None:
    """Use the account of ``person``, which is `newly_here` and signed in at ``visitor``."""
    site = visitor.site
    _done(person, "PATCH", "/auth/profile", {"name": "Alice Aldridge"})
    token = link_mailed(site, person.email, "verify-email").partition("#token=")[2]
    _done(person, "POST", "/auth/email/verify", {"token": token})
    for made in KEYS:
        key = person.send("POST", "/auth/api-keys", made).json
        replace(person, token=key["key"], device="").send("GET", "/api/v1/images")
    _signed_in_elsewhere(person, _app_added(person))
    _passkey_added(visitor)
    stored = person.upload(PHOTOGRAPHS / "mountains.jpg").json
    assert person.job_ended(stored["job"]["id"])["state"] == "succeeded"
    export = person.send("POST", "/api/v1/exports").json
    path = f"/api/v1/exports/{export['id']}"
    until(lambda: person.send("GET", path).json["state"] == "ready", timeout_s=60)


def _app_added(person: Person) -> list[str]:
    """An authenticator app; the recovery codes that came with it."""
    app = pyotp.TOTP(person.send("POST", "/auth/factors/otp").json["secret"])
    told = person.send("POST", "/auth/factors/otp/confirm", {"code": app.now()})
    assert told.status == 200, told.body
    codes: list[str] = told.json["recovery_codes"]
    return codes


def _signed_in_elsewhere(person: Person, codes: list[str]) -> None:
    """At a telephone that is remembered, after somebody else did not know the password."""
    body = {"email": person.email, "password": "not the password"}
    assert replace(person, device=EDGE).send("POST", "/auth/login", body).status == 401
    telephone = replace(person, device=IPHONE)
    asked = telephone.send("POST", "/auth/login", {**body, "password": PASSWORD})
    second = {
        "challenge": asked.json["challenge"],
        "recovery_code": codes[0],
        "remember_device": True,
    }
    told = telephone.send("POST", "/auth/login/second-factor", second)
    assert told.status == 200, told.body


def _passkey_added(visitor: Visitor) -> None:
    page: Page = visitor.context.new_page()
    devices = visitor.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    visitor.open("/account/security", page=page)
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_test_id("passkeys").get_by_role("listitem")).to_have_count(1)
    page.close()


def site_by_name(site: Site) -> Site:
    """The same at localhost: a passkey belongs to a name, and browsers take none for an address."""
    return replace(site, address=site.address.replace("127.0.0.1", "localhost"))


def _done(person: Person, method: str, path: str, body: dict[str, str]) -> None:
    answer = person.send(method, path, body)
    assert answer.status in {200, 204}, answer.body
