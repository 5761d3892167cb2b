"""The way of a photograph through the interface, the same for every form of the platform."""

import io
import re

import urllib3
from PIL import Image
from playwright.sync_api import CDPSession, Locator, Page, expect

from platform_site.kit.identifiers import random_token
from tests.browser.visitor import Visitor
from tests.servers.person import PASSWORD, PHOTOGRAPHS

THREE = ["mountains.jpg", "wine-portrait-exif.jpg", "dandelion-alpha.png"]
SLOW_BYTES_PER_S = 150_000
RENDITIONS = 8


def photograph_goes_its_way(visitor: Visitor) -> None:
    """Register, upload, watch, build, copy, fetch, delete, restore: without one reload."""
    visitor.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = _registered(visitor)
    page.evaluate("() => { window.neverReloaded = true; }")
    _three_uploaded(page)
    _renditions_appeared(page)
    _rendition_built_and_fetched(page)
    _deleted_and_restored(page)
    assert page.evaluate("() => window.neverReloaded") is True


def upload_slowed(page: Page, *, bytes_per_s: float) -> CDPSession:
    """Let the page send no faster than this; -1 takes the limit away again."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    slowness = {"offline": False, "latency": 0, "downloadThroughput": -1}
    session.send("Network.emulateNetworkConditions", {**slowness, "uploadThroughput": bytes_per_s})
    return session


def uploads_in(page: Page, phase: str) -> Locator:
    """The rows of the dock that are in this phase."""
    return page.get_by_test_id("upload-row").and_(page.locator(f"[data-phase={phase}]"))


def _registered(visitor: Visitor) -> Page:
    page = visitor.open("/")
    expect(page).to_have_url(re.compile("/sign-in$"))
    page.get_by_role("link", name="Create one").click()
    page.get_by_label("Name").fill("Alice")
    page.get_by_label("E-mail").fill(f"alice-{random_token(6)}@example.com".lower())
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_role("heading", name="Nothing here yet")).to_be_visible()
    return page


def _three_uploaded(page: Page) -> None:
    slow = upload_slowed(page, bytes_per_s=SLOW_BYTES_PER_S)
    page.get_by_test_id("file-input").first.set_input_files([PHOTOGRAPHS / n for n in THREE])
    expect(uploads_in(page, "sending")).to_have_count(3)
    progress = page.get_by_role("progressbar", name="Progress of mountains.jpg")
    expect(progress).to_have_attribute("aria-valuenow", re.compile(r"^[1-9]\d?$"))
    expect(page.get_by_text(re.compile(r"of 643 kB · .+/s"))).to_be_visible()
    told = page.get_by_test_id("upload-dock").get_by_role("status")
    expect(told).to_have_text("0 of 3 finished")  # and not the speed, which is never the same twice
    slow.detach()
    expect(uploads_in(page, "done")).to_have_count(3)
    expect(page.get_by_text("3 of 3 finished")).to_be_visible()


def _renditions_appeared(page: Page) -> None:
    expect(page.get_by_test_id("tile")).to_have_count(3)
    expect(page.get_by_test_id("tile").locator("img[data-shown]")).to_have_count(3)
    page.get_by_role("link", name="Open mountains.jpg").first.click()
    expect(page.get_by_role("heading", name="mountains.jpg")).to_be_visible()
    page.get_by_role("tab", name="Renditions").click()
    ready = page.get_by_test_id("renditions").locator("[data-state=ready]")
    expect(ready).to_have_count(RENDITIONS)


def _rendition_built_and_fetched(page: Page) -> None:
    page.get_by_role("tab", name="Transform").click()
    page.get_by_label("Width").fill("333")
    page.get_by_label("Height").fill("222")
    page.get_by_role("radiogroup", name="Fit").get_by_text("Cover").click()
    page.get_by_role("radiogroup", name="Format").get_by_text("PNG").click()
    preview = page.get_by_test_id("builder-preview")
    expect(preview.get_by_role("img")).to_have_attribute("width", "333")
    expect(preview.get_by_role("img")).to_have_attribute("height", "222")
    preview.get_by_role("button", name="Copy URL").click()
    expect(preview.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("() => navigator.clipboard.readText()")
    reply = urllib3.request("GET", copied, retries=False)
    assert (reply.status, reply.headers["Content-Type"]) == (200, "image/png")
    with Image.open(io.BytesIO(reply.data)) as made:
        assert made.size == (333, 222)


def _deleted_and_restored(page: Page) -> None:
    page.get_by_role("button", name="Move to trash").click()
    expect(page.get_by_text("1 image moved to the trash")).to_be_visible()
    expect(page.get_by_test_id("tile")).to_have_count(2)
    page.get_by_role("link", name="Trash").locator("visible=true").click()
    expect(page.get_by_test_id("tile")).to_have_count(1)
    page.get_by_role("checkbox", name="Select mountains.jpg").check(force=True)
    page.get_by_test_id("selection-bar").get_by_role("button", name="Restore").click()
    expect(page.get_by_text("1 image restored")).to_be_visible()
    expect(page.get_by_role("heading", name="The trash is empty")).to_be_visible()
    page.get_by_role("link", name="Library").locator("visible=true").click()
    expect(page.get_by_test_id("tile")).to_have_count(3)
