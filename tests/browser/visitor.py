"""A person at a browser: one context whose pages are watched for what must never happen."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol
from urllib.parse import urlsplit

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    Frame,
    Page,
    Playwright,
    Request,
    StorageState,
)

from tests.browser.site import Site
from tests.servers.person import PASSWORD, Person

BROWSERS = ("/usr/bin/chromium-headless-shell", "/usr/bin/chromium")
"""Chromium without its window, which shows a page in half the time, or else the whole one."""
START = Path(__file__).with_name("chromium")
ARGUMENTS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
]
TIMEOUT_MS = 20_000
WIDE = (1280, 800)
NARROW = (360, 740)
PHONE_BELOW = 600
OWN_SCHEMES = {"data", "blob"}
# Chromium tells of every answer above 399 and of every lost connection; tests look at the page.
ABORTED = "net::ERR_ABORTED"
# Only a test takes the network away, and then looks at what the page makes of that.
OFFLINE = "net::ERR_INTERNET_DISCONNECTED"
# A page then fetches nothing ahead.
SAVE_DATA = "Object.defineProperty(navigator, 'connection', {value: {saveData: true}});"
LOST_CODE = re.compile(r"/assets/|Failed to load module script")
NETWORK_WORDS = "Failed to load resource"
VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) => {
  console.error(`policy violated: ${event.violatedDirective} ${event.blockedURI}`);
});
"""

Locale = Literal["en", "ar"]
Scheme = Literal["light", "dark"]


@dataclass(frozen=True)
class Look:
    """How pages are shown. ``size`` is width and height of the window in CSS pixels."""

    locale: Locale = "en"
    scheme: Scheme = "light"
    size: tuple[int, int] = WIDE

    @property
    def is_mobile(self) -> bool:
        """Whether this is a phone: touch, and scrollbars that take no room."""
        return self.size[0] < PHONE_BELOW


@dataclass
class Visitor:
    """A browser context at a site. ``faults`` collects what no page may ever cause."""

    site: Site
    context: BrowserContext
    faults: list[str] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    _leaving: set[Frame] = field(default_factory=set)
    _last_words: list[Request] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Watch every page of the context from its first request on."""
        self.context.set_default_timeout(TIMEOUT_MS)
        self.context.add_init_script(VIOLATIONS)
        self.context.on("request", self._request_noted)
        self.context.on("page", self._page_watched)
        self.context.on("console", self._words_noted)
        self.context.on("requestfailed", self._loss_noted)
        self.context.on("weberror", lambda thrown: self.faults.append(f"thrown: {thrown.error}"))

    def open(self, path: str = "/", *, page: Page | None = None) -> Page:
        """A page (a new tab unless given) at an address of the site."""
        page = page or self.context.new_page()
        page.goto(f"{self.site.address}{path}")
        return page

    def sign_in(self, person: Person, password: str = PASSWORD) -> "Visitor":
        """Put the refresh cookie of a new session of ``person`` into the browser."""
        reply = self.context.request.post(
            f"{self.site.address}/auth/login", data={"email": person.email, "password": password}
        )
        assert reply.status == 200, reply.text()
        return self

    def refreshes(self) -> int:
        """How many times any tab has asked for a new token."""
        return sum(urlsplit(request.url).path == "/auth/refresh" for request in self.requests)

    def token(self) -> str:
        """The access token that a page has sent last."""
        sent = (request.headers.get("authorization") for request in reversed(self.requests))
        return next(value for value in sent if value).removeprefix("Bearer ")

    def lost_code_forgiven(self) -> None:
        """For a test that takes code away, once it has seen what the page makes of that."""
        self.faults[:] = [fault for fault in self.faults if not LOST_CODE.search(fault)]

    def _request_noted(self, request: Request) -> None:
        self.requests.append(request)
        address = urlsplit(request.url)
        trusted = [urlsplit(one)[:2] for one in self._trusted()]
        frame = _frame_of(request)
        if frame and request.is_navigation_request():
            self._leaving.add(frame)
        elif frame in self._leaving:
            self._last_words.append(request)
        if address.scheme not in OWN_SCHEMES and address[:2] not in trusted:
            self.faults.append(f"request to another origin: {request.url}")

    def _trusted(self) -> list[str]:
        provider = self.site.provider
        return [self.site.address, *([provider.issuer] if provider else [])]

    def _page_watched(self, page: Page) -> None:
        page.on("framenavigated", self._document_noted)

    def _document_noted(self, frame: Frame) -> None:
        self._leaving.discard(frame)

    def _loss_noted(self, request: Request) -> None:
        """Code that does not come breaks the page; whatever else is lost, the page has to bear."""
        is_code = request.resource_type in {"script", "stylesheet"}
        is_excused = request.failure == OFFLINE or (
            request.failure == ABORTED and self._was_left(request)
        )
        if is_code and not is_excused:
            self.faults.append(f"{request.failure}: {request.url}")

    def _was_left(self, request: Request) -> bool:
        """Whether its page went on to another document after it had asked for ``request``.

        Chromium asks for the next document before it aborts what the last one still waits for, and
        the last one may go on asking until the next is there. A page that is closed reports
        nothing.
        """
        if request in self._last_words:
            return True
        later = self.requests[self.requests.index(request) + 1 :]
        return any(one.is_navigation_request() and _frame_of(one) == request.frame for one in later)

    def _words_noted(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(NETWORK_WORDS):
            self.faults.append(f"console: {message.text}")


def _frame_of(navigation: Request) -> Frame | None:
    """Where a document is asked for; None in a tab that is only just being opened."""
    try:
        return navigation.frame
    except Error:
        return None


@contextmanager
def visiting(
    browser: Browser,
    site: Site,
    look: Look | None = None,
    *,
    person: Person | None = None,
    password: str = PASSWORD,
) -> Iterator[Visitor]:
    """A visitor with a context of their own, signed in as ``person`` where one is given."""
    look = look or Look()
    context = browser.new_context(
        viewport={"width": look.size[0], "height": look.size[1]},
        color_scheme=look.scheme,
        reduced_motion="reduce",
        has_touch=look.is_mobile,
        is_mobile=look.is_mobile,
        storage_state=_storage(site, look, has_session=person is not None),
    )
    with context:
        visitor = Visitor(site, context)
        if person is not None:
            visitor.sign_in(person, password)
        yield visitor


def _storage(site: Site, look: Look, *, has_session: bool) -> StorageState:
    """What an earlier visit has left: the language, and the hint that there may be a session."""
    names = {"locale": look.locale, **({"session-hint": "1"} if has_session else {})}
    return {
        "cookies": [],
        "origins": [
            {
                "origin": site.address,
                "localStorage": [{"name": name, "value": text} for name, text in names.items()],
            }
        ],
    }


class VisitorMade(Protocol):
    """Makes a visitor of a site; how it looks and who it is may be left out."""

    def __call__(
        self,
        site: Site,
        look: Look | None = None,
        person: Person | None = None,
        password: str = PASSWORD,
    ) -> Visitor:
        """The visitor, at a browser context of their own."""


def chromium() -> str:
    """The machine's Chromium; empty where it has none."""
    return next(filter(os.path.exists, BROWSERS), "")


def chromium_launch(playwright: Playwright) -> Browser:
    """The machine's Chromium, without a window and with no more right to the cores than others."""
    environment: dict[str, str | float | bool] = {**os.environ, "CHROMIUM": chromium()}
    return playwright.chromium.launch(executable_path=START, args=ARGUMENTS, env=environment)
