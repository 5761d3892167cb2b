"""What the pages say when something is missing, late, refused or cut off."""

import json
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import FilePayload, Page, expect

from platform_site.kit.identifiers import random_token
from tests.browser.cast import Cast
from tests.browser.journey import upload_slowed, uploads_in
from tests.browser.sessions import other_sessions_ended
from tests.browser.site import Site
from tests.browser.views import BY_NAME, DOWN, NO_SUCH_IMAGE, held
from tests.browser.visitor import Look, VisitorMade
from tests.servers.person import PASSWORD, PHOTOGRAPHS, Person
from tests.servers.processes import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.processes]

PROBLEMS = json.loads((ROOT / "frontend/src/i18n/en.json").read_text())["problems"]
ROWS_AT_MOST = 30
# From the edge where Arabic lines begin to the first letter, in CSS pixels.
FREE_ROOM_BEFORE_THE_NAME = """
(row) => {
  const name = row.querySelector("bdi");
  const letters = document.createRange();
  letters.selectNodeContents(name);
  return name.getBoundingClientRect().right - letters.getBoundingClientRect().right;
}
"""
FOUR = ["mountains.jpg", "wine-portrait-exif.jpg", "dandelion-alpha.png", "dogs-progressive.jpg"]


def test_an_empty_library_says_how_to_begin(cast: Cast, visit: VisitorMade) -> None:
    page = visit(cast.site, person=cast.site.person("noor")).open("/")
    expect(page.get_by_role("heading", name="Nothing here yet")).to_be_visible()
    expect(page.get_by_role("button", name="Choose files")).to_be_visible()


def test_waiting_for_the_library_is_told(cast: Cast, visit: VisitorMade) -> None:
    page = visit(cast.site, person=cast.owner).context.new_page()
    BY_NAME["library-loading"].open(page, cast.site)
    expect(page.get_by_role("status").filter(has_text="Loading")).to_be_attached()
    expect(page.get_by_text("Nothing here yet")).to_have_count(0)


def test_what_is_wrong_with_a_form_stands_at_its_fields(cast: Cast, visit: VisitorMade) -> None:
    page = visit(cast.site).open("/register")
    page.get_by_label("Name").fill("Alice")
    page.get_by_label("E-mail").fill("alice@example.com")
    page.get_by_label("Password", exact=True).fill("1234567890")
    with page.expect_response("**/auth/register") as answered:
        page.get_by_role("button", name="Create account").click()
    problem = answered.value.json()
    assert problem["status"] == 400
    expect(page.get_by_role("alert")).to_have_text("Check these fields")
    field = page.get_by_label("Password", exact=True)
    for error in problem["errors"]:
        expect(field).to_have_accessible_description(re.compile(PROBLEMS[error["code"]]))


def test_a_wrong_password_is_told_without_a_request_id(cast: Cast, visit: VisitorMade) -> None:
    page = visit(cast.site).open("/sign-in")
    page.get_by_label("E-mail").fill(cast.owner.email)
    page.get_by_label("Password", exact=True).fill("not the password")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_have_text("Wrong e-mail or password")


def test_an_account_that_could_not_be_signed_in_at_once_is_told_with_the_reason(
    cast: Cast, visit: VisitorMade
) -> None:
    page = visit(cast.site).context.new_page()
    page.route("**/auth/login", lambda route: route.fulfill(status=503, json=DOWN))
    page.goto(f"{cast.site.address}/register")
    page.get_by_label("Name").fill("Noor")
    page.get_by_label("E-mail").fill(f"noor-{random_token(6)}@example.com".lower())
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_role("heading", name="Almost there")).to_be_visible()
    expect(page.get_by_role("alert")).to_contain_text("You could not be signed in")
    expect(page.get_by_role("alert").locator("code")).to_have_text(DOWN["request_id"])


def test_an_image_that_is_not_there_is_told(cast: Cast, visit: VisitorMade) -> None:
    page = visit(cast.site, person=cast.owner).open(f"/images/{NO_SUCH_IMAGE}")
    expect(page.get_by_text("Image not found")).to_be_visible()
    expect(page.get_by_role("button", name="Try again")).to_be_visible()


def test_failed_uploads_are_counted_come_first_and_stay_until_they_are_dismissed(
    cast: Cast, visit: VisitorMade
) -> None:
    page = visit(cast.site, person=cast.site.person("noor")).open("/")
    broken = FilePayload(name="broken.jpg", mimeType="image/jpeg", buffer=b"no picture at all")
    good = FilePayload(
        name="good.png",
        mimeType="image/png",
        buffer=(PHOTOGRAPHS / "dandelion-alpha.png").read_bytes(),
    )
    page.get_by_test_id("file-input").first.set_input_files([good, broken])
    dock = page.get_by_test_id("upload-dock")
    expect(dock.get_by_role("status")).to_have_text("1 of 2 finished · 1 failed")
    first = page.get_by_test_id("upload-row").first
    expect(first).to_have_attribute("data-phase", "failed")
    expect(first).to_contain_text("Unsupported format")
    expect(first).to_contain_text("Accepted formats: JPEG")
    expect(dock.get_by_role("button", name="Retry")).to_have_count(0)  # the file is what it is
    dock.get_by_role("button", name="Clear finished").click()
    expect(page.get_by_test_id("upload-row")).to_have_count(1)
    dock.get_by_role("button", name="Dismiss broken.jpg").click()
    expect(dock).to_have_count(0)


def test_a_folder_is_uploaded_to_its_bottom_and_names_keep_to_the_edge_in_arabic(
    cast: Cast, visit: VisitorMade, tmp_path: Path
) -> None:
    visitor = visit(cast.site, Look(locale="ar"), cast.site.person("noor"))
    page = visitor.open("/")
    inner = tmp_path / "holiday" / "day 1"
    inner.mkdir(parents=True)
    photograph = (PHOTOGRAPHS / "dandelion-alpha.png").read_bytes()
    (tmp_path / "holiday" / "DSC_4021.png").write_bytes(photograph)
    (inner / "mountains.jpg").write_bytes((PHOTOGRAPHS / "mountains.jpg").read_bytes())
    for name in ("notes.txt", ".DS_Store"):
        (inner / name).write_bytes(b"no picture")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.get_by_test_id("folder-input").first.set_input_files(tmp_path / "holiday")
    expect(page.get_by_test_id("toasts")).to_contain_text("ملف واحد ليس صورة")
    expect(uploads_in(page, "done")).to_have_count(2)
    for name in ("DSC_4021.png", "mountains.jpg"):
        row = page.get_by_test_id("upload-row").filter(has_text=name)
        assert row.evaluate(FREE_ROOM_BEFORE_THE_NAME) < 2
    asked = [urlsplit(request.url).path for request in visitor.requests]
    assert [path for path in asked if re.search(r"/(jobs|images)/[0-9a-f]{8}-", path)] == []


def test_three_hundred_files_make_few_rows(cast: Cast, visit: VisitorMade) -> None:
    page = visit(cast.site, person=cast.site.person("noor")).open("/")
    expect(page.get_by_role("heading", name="Nothing here yet")).to_be_visible()
    page.route("**/api/v1/images", held)  # nothing is sent: it is the list that is looked at
    page.get_by_test_id("file-input").first.set_input_files(
        [FilePayload(name=f"{n}.jpg", mimeType="image/jpeg", buffer=b"x") for n in range(300)]
    )
    dock = page.get_by_test_id("upload-dock")
    expect(dock.get_by_role("status")).to_have_text("0 of 300 finished")
    rows = page.get_by_test_id("upload-row")
    expect(rows.first).to_have_attribute("aria-setsize", "300")
    assert rows.count() < ROWS_AT_MOST
    dock.get_by_role("list").evaluate("(list) => list.parentElement.scrollTo(0, list.scrollHeight)")
    expect(rows.filter(has_text="299.jpg")).to_be_in_viewport()
    assert rows.count() < ROWS_AT_MOST


def test_a_file_that_is_too_large_is_not_sent_at_all(
    cast: Cast, visit: VisitorMade, tmp_path: Path
) -> None:
    page = visit(cast.site, person=cast.site.person("noor")).open("/")
    expect(page.get_by_role("heading", name="Nothing here yet")).to_be_visible()
    expect(page.get_by_role("meter", name="Storage")).to_be_visible()  # the limits are known
    sent: list[str] = []
    page.on("request", lambda request: sent.append(f"{request.method} {request.url}"))
    large = tmp_path / "large.jpg"
    with large.open("wb") as file:
        file.truncate(50_000_001)
    page.get_by_test_id("file-input").first.set_input_files(large)
    row = uploads_in(page, "failed")
    expect(row).to_contain_text("The file is too large")
    expect(row).to_contain_text("The limit is 50 MB.")
    assert not [request for request in sent if request.startswith("POST")]


def test_being_offline_is_told_and_uploads_go_on_when_it_is_over(
    cast: Cast, visit: VisitorMade
) -> None:
    visitor = visit(cast.site, person=cast.site.person("noor"))
    page = visitor.open("/")
    expect(page.get_by_role("heading", name="Nothing here yet")).to_be_visible()
    visitor.context.set_offline(True)
    expect(page.get_by_text("You are offline")).to_be_visible()
    page.get_by_test_id("file-input").first.set_input_files(PHOTOGRAPHS / "dandelion-alpha.png")
    expect(uploads_in(page, "parked")).to_contain_text("Resumes when the connection is back")

    visitor.context.set_offline(False)

    expect(page.get_by_text("You are offline")).to_have_count(0)
    expect(uploads_in(page, "done")).to_have_count(1)
    expect(page.get_by_test_id("tile")).to_have_count(1)


def test_a_session_that_ends_in_the_middle_of_an_upload_goes_on_after_signing_in(
    laptop: Site, visit: VisitorMade
) -> None:
    noor = laptop.person("noor")
    visitor = visit(laptop, person=noor)
    page = visitor.open("/")
    expect(page.get_by_role("heading", name="Nothing here yet")).to_be_visible()
    slow = upload_slowed(page, bytes_per_s=20_000)
    page.get_by_test_id("file-input").first.set_input_files([PHOTOGRAPHS / n for n in FOUR])
    expect(uploads_in(page, "sending")).to_have_count(3)
    expect(uploads_in(page, "waiting")).to_have_count(1)

    other_sessions_ended(noor, token=visitor.token())
    slow.detach()

    dialog = page.get_by_role("dialog", name="Your session has ended")
    expect(dialog).to_be_visible()
    expect(uploads_in(page, "parked").first).to_contain_text("Resumes when you have signed in")
    expect(dialog.get_by_label("E-mail")).to_have_value(noor.email)
    dialog.get_by_label("Password", exact=True).fill(PASSWORD)
    dialog.get_by_role("button", name="Sign in").click()

    expect(dialog).to_have_count(0)
    expect(uploads_in(page, "done")).to_have_count(4)
    expect(page.get_by_test_id("tile")).to_have_count(4)
    _each_stored_once(page, noor)


def test_a_session_that_ends_on_the_system_page_is_asked_for_there(
    laptop: Site, visit: VisitorMade
) -> None:
    noor = laptop.person("noor")
    visitor = visit(laptop, person=noor)
    page = visitor.open("/system")
    expect(page.get_by_test_id("roles")).to_be_visible()
    expect(page.get_by_role("button", name="Account menu").first).to_be_attached()
    other_sessions_ended(noor, token=visitor.token())
    expect(page.get_by_role("dialog", name="Your session has ended")).to_be_visible()
    expect(page.get_by_test_id("roles")).to_be_visible()


def _each_stored_once(page: Page, person: Person) -> None:
    stored = person.send("GET", "/api/v1/images").json["results"]
    assert sorted(image["filename"] for image in stored) == sorted(FOUR)
    assert page.url == re.sub("/$", "", person.api) + "/"
