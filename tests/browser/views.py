"""Every page of the interface and every state that a page can be seen in, with the way there."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from playwright.sync_api import FilePayload, Page, Route, expect

from tests.browser.site import Site
from tests.browser.visitor import SAVE_DATA
from tests.servers.person import PHOTOGRAPHS

Who = Literal["nobody", "owner", "newcomer", "staff", "uploader", "leaver"]
NO_SUCH_IMAGE = "0190a5b0-0000-7000-8000-000000000000"
PICTURES_SHOWN = """
() => [...document.images]
  .filter((image) => image.getBoundingClientRect().top < innerHeight)
  .every((image) => image.complete && image.naturalWidth > 0)
"""


@dataclass(frozen=True)
class View:
    """One page in one state. ``arrive`` starts at ``path`` and returns when the state is there.

    ``path`` may name ``{image}``, an image of the owner.
    """

    name: str
    path: str
    who: Who
    arrive: Callable[[Page], None]

    def open(self, page: Page, site: Site, *, image: str = "") -> None:
        """Go there, and wait until there is nothing more to wait for."""
        if self.name in HELD:
            page.route(HELD[self.name], held)
        if self.name in REFUSED:
            page.route(REFUSED[self.name], _refuse)
        page.goto(f"{site.address}{self.path.format(image=image)}")
        self.arrive(page)
        page.wait_for_function("() => document.fonts.ready.then(() => true)")


# Answers that never come, so that a page stays in the state of waiting for them.
HELD = {"library-loading": "**/api/v1/images?*", "image-loading": "**/api/v1/images/*"}


# Answers as of a role that is down.
REFUSED = {"unreachable": "**/auth/refresh"}
DOWN: dict[str, Any] = {
    "title": "No answer",
    "status": 503,
    "code": "upstream_unavailable",
    "request_id": "r-1",
}


def held(route: Route) -> None:
    """Neither answer nor refuse."""


def _refuse(route: Route) -> None:
    route.fulfill(status=503, json=DOWN)


def _end(route: Route) -> None:
    route.fulfill(status=401, json={**DOWN, "status": 401, "code": "token_revoked"})


def _form(page: Page) -> None:
    expect(page.locator("form input").first).to_be_visible()


def _heading(page: Page) -> None:
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def _tiles(page: Page) -> None:
    expect(page.get_by_test_id("tile").first).to_be_visible()
    page.wait_for_function(PICTURES_SHOWN)


def _trashed(page: Page) -> None:
    # Nothing of an image in the trash is delivered: there is a placeholder, and no picture.
    expect(page.get_by_test_id("tile").first).to_be_visible()


def _empty(page: Page) -> None:
    _heading(page)
    expect(page.get_by_role("heading", level=2)).to_be_visible()


def _selected(page: Page) -> None:
    _tiles(page)
    boxes = page.get_by_test_id("tile").get_by_role("checkbox")
    for index in (0, 2):
        boxes.nth(index).check(force=True)
    expect(page.get_by_test_id("selection-bar")).to_be_visible()


def _tags_dialog(page: Page) -> None:
    _selected(page)
    page.get_by_test_id("selection-bar").get_by_role("button").nth(1).click()
    expect(page.get_by_role("dialog").locator("input").first).to_be_visible()


def _filters(page: Page) -> None:
    _tiles(page)
    page.get_by_role("search").get_by_role("button").last.click()
    expect(page.get_by_role("combobox").first).to_be_visible()


def _account_menu(page: Page) -> None:
    _tiles(page)
    page.locator("button[aria-haspopup=menu]:visible").last.click()
    expect(page.get_by_role("menu")).to_be_visible()


def _loaded(page: Page) -> None:
    _heading(page)
    expect(page.locator("main .mantine-Skeleton-root")).to_have_count(0)


def _waiting(page: Page) -> None:
    expect(page.get_by_role("main")).to_be_visible()
    expect(page.locator("[aria-busy=true], [role=status] .visually-hidden").first).to_be_attached()


def _stage(page: Page) -> None:
    expect(page.get_by_test_id("image-stage").get_by_role("img").last).to_be_visible()
    page.wait_for_function(PICTURES_SHOWN)


def _original(page: Page) -> None:
    _stage(page)
    page.get_by_test_id("image-stage").get_by_role("button").first.click()
    expect(page.locator("img[data-original=shown]")).to_be_visible()
    page.locator("article header button[aria-haspopup=menu]").click()
    expect(page.get_by_test_id("link-until")).to_be_visible()


def _renditions(page: Page) -> None:
    _stage(page)
    page.get_by_role("tab").nth(1).click()
    expect(page.get_by_test_id("renditions")).to_be_visible()


def _builder(page: Page) -> None:
    _stage(page)
    page.get_by_role("tab").nth(2).click()
    expect(page.get_by_test_id("builder-preview")).to_be_visible()
    page.wait_for_function(PICTURES_SHOWN)


def _edit_dialog(page: Page) -> None:
    _stage(page)
    page.locator("article header button").first.click()
    expect(page.get_by_role("dialog").locator("input").first).to_be_visible()


def _problem(page: Page) -> None:
    expect(page.get_by_role("alert").locator("code")).to_be_visible()


def _missing(page: Page) -> None:
    expect(page.get_by_role("alert")).to_be_visible()


def _jobs(page: Page) -> None:
    expect(page.get_by_test_id("job-row").first).to_be_visible()


def _panels(page: Page) -> None:
    expect(page.locator("form input").first).not_to_have_value("")


def _sessions(page: Page) -> None:
    expect(page.get_by_test_id("sessions")).to_be_visible()


def _roles(page: Page) -> None:
    expect(page.get_by_test_id("roles")).to_be_visible()


def _workers(page: Page) -> None:
    expect(page.get_by_test_id("workers")).to_be_visible()


def _uploaded(page: Page) -> None:
    _heading(page)
    files = ["mountains.jpg", "wine-portrait-exif.jpg"]
    page.get_by_test_id("file-input").first.set_input_files([PHOTOGRAPHS / name for name in files])
    rows = page.get_by_test_id("upload-row")
    expect(rows.and_(page.locator("[data-phase=done]"))).to_have_count(len(files))
    pictures = page.get_by_test_id("tile").locator("img[data-shown]")
    expect(pictures).to_have_count(len(files))


def _upload_failed(page: Page) -> None:
    _heading(page)
    broken = FilePayload(name="broken.jpg", mimeType="image/jpeg", buffer=b"no picture at all")
    page.get_by_test_id("file-input").first.set_input_files(broken)
    expect(page.get_by_test_id("upload-row").locator("details")).to_be_visible()


def _offline(page: Page) -> None:
    # Code that is fetched ahead just then would be lost, which counts against the page.
    page.add_init_script(SAVE_DATA)
    page.reload()
    _heading(page)
    page.context.set_offline(True)
    page.get_by_test_id("file-input").first.set_input_files(PHOTOGRAPHS / "mountains.jpg")
    row = page.get_by_test_id("upload-row")
    expect(row).to_have_attribute("data-phase", "parked")


def _session_ended(page: Page) -> None:
    _heading(page)
    page.route("**/auth/refresh", _end)
    page.route("**/api/v1/**", _end)
    page.locator("a[href='/activity']:visible").click()
    expect(page.get_by_role("dialog").locator("input").first).to_be_visible()


def _delete_account(page: Page) -> None:
    _heading(page)
    page.get_by_role("main").get_by_role("button").last.click()
    expect(page.get_by_role("dialog").locator("input")).to_be_visible()


def _closing(page: Page) -> None:
    expect(page.get_by_role("main").get_by_role("button")).to_have_count(2)
    expect(page.get_by_text("@")).to_be_visible()


VIEWS = [
    View("sign-in", "/sign-in", "nobody", _form),
    View("register", "/register", "nobody", _form),
    View("forgot-password", "/forgot-password", "nobody", _form),
    View("reset-password", "/reset-password#token=x", "nobody", _form),
    View("not-found", "/no/such/page", "nobody", _heading),
    View("system-visitor", "/system", "nobody", _roles),
    View("library", "/", "owner", _tiles),
    View("library-selected", "/", "owner", _selected),
    View("library-tags", "/", "owner", _tags_dialog),
    View("library-filters", "/", "owner", _filters),
    View("library-menu", "/", "owner", _account_menu),
    View("library-no-match", "/?q=nothing-is-called-so", "owner", _empty),
    View("library-loading", "/", "owner", _waiting),
    View("library-empty", "/", "newcomer", _empty),
    View("trash", "/trash", "owner", _trashed),
    View("trash-empty", "/trash", "newcomer", _empty),
    View("image", "/images/{image}", "owner", _stage),
    View("image-original", "/images/{image}", "owner", _original),
    View("image-renditions", "/images/{image}", "owner", _renditions),
    View("image-builder", "/images/{image}", "owner", _builder),
    View("image-edit", "/images/{image}", "owner", _edit_dialog),
    View("image-missing", f"/images/{NO_SUCH_IMAGE}", "owner", _missing),
    View("activity", "/activity", "owner", _jobs),
    View("account", "/account", "newcomer", _panels),
    View("account-security", "/account/security", "newcomer", _loaded),
    View("account-devices", "/account/sessions", "newcomer", _sessions),
    View("account-keys", "/account/keys", "newcomer", _loaded),
    View("account-log", "/account/activity", "newcomer", _loaded),
    View("account-export", "/account/export", "newcomer", _loaded),
    View("account-delete", "/account/export", "newcomer", _delete_account),
    View("account-closing", "/", "leaver", _closing),
    View("system", "/system", "staff", _workers),
    View("uploads", "/", "uploader", _uploaded),
    View("uploads-failed", "/", "newcomer", _upload_failed),
    View("offline", "/", "newcomer", _offline),
    View("session-ended", "/", "newcomer", _session_ended),
    View("unreachable", "/", "newcomer", _problem),
]
BY_NAME: Mapping[str, View] = {view.name: view for view in VIEWS}
