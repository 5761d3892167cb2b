"""``python -m tests.browser.screenshots``: pictures of every page, wide, narrow, dark, Arabic.

With names of views it makes the pictures of these only; ``--docs`` also renews ``docs/pictures``,
among them those of an account that has been in use.
"""

import os
import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Error, Page, expect, sync_playwright

from tests.browser.cast import Cast, cast_made, looking
from tests.browser.settled import newly_here, settle, site_by_name
from tests.browser.site import DIST, Site, embedded
from tests.browser.views import VIEWS, View
from tests.browser.visitor import NARROW, Look, chromium, chromium_launch, visiting
from tests.servers.processes import ROOT

TARGET = ROOT / "var" / "screenshots"
CHOSEN = ROOT / "docs" / "pictures"
DOCUMENTED = (
    *("library.wide", "library.dark", "library.arabic", "library.narrow"),
    *("image.wide", "image-builder.dark"),
)
SETTLED = {
    "account-security": "passkeys",
    "account-devices": "remembered-devices",
    "account-keys": "api-keys",
    "account-log": "audit",
    "account-export": "exports",
}
"""Views of an account that has been in use, and a list that comes last there."""
LOOKS = {
    "wide": Look(),
    "narrow": Look(size=NARROW),
    "dark": Look(scheme="dark"),
    "arabic": Look(locale="ar"),
    "arabic-narrow": Look(locale="ar", scheme="dark", size=NARROW),
}
PICTURES = 31
TALLEST = 1500
WHOLE_PAGE = {"account", "activity", "image-builder", "image-renditions", "image", "system"}


def main(arguments: list[str]) -> int:
    """Make the pictures, say where they are; the exit code."""
    wanted = [word for word in arguments if word != "--docs"]
    if not chromium() or not DIST.is_dir():
        sys.stderr.write("This needs Chromium and the built SPA: make screenshots\n")
        return 1
    TARGET.mkdir(parents=True, exist_ok=True)
    views = [view for view in VIEWS if not wanted or view.name in wanted]
    with embedded() as site, sync_playwright() as playwright:
        cast = cast_made(site, pictures=PICTURES)
        browser = chromium_launch(playwright)
        files = _pictures(browser, cast, views)
        settled = [view for view in views if view.name in SETTLED and "--docs" in arguments]
        for file in chain(files, _pictures_settled(browser, site, settled)):
            sys.stdout.write(f"{os.path.relpath(file)}\n")
            sys.stdout.flush()
        browser.close()
    if "--docs" in arguments:
        _documentation_renewed({view.name for view in views})
    return 0


def _documentation_renewed(made: set[str]) -> None:
    """The best pictures of the views ``made``, as small files that a repository can carry."""
    CHOSEN.mkdir(parents=True, exist_ok=True)
    names = [*DOCUMENTED, *(f"{view}.settled" for view in SETTLED)]
    for name in (name for name in names if name.partition(".")[0] in made):
        with Image.open(TARGET / f"{name}.png") as picture:
            picture.convert("RGB").save(CHOSEN / f"{name}.webp", quality=80, method=6)


def _pictures(browser: Browser, cast: Cast, views: list[View]) -> Iterator[Path]:
    for view in views:
        for name, look in LOOKS.items():
            file = TARGET / f"{view.name}.{name}.png"
            with looking(browser, cast, view, look) as visitor:
                page = visitor.context.new_page()
                try:
                    view.open(page, cast.site, image=cast.image)
                except (AssertionError, Error) as missed:
                    visitor.faults.append(f"not reached: {missed}")
                if view.name in WHOLE_PAGE:
                    _window_made_tall(page, look)
                page.screenshot(path=file, animations="disabled")
                for fault in visitor.faults:
                    sys.stderr.write(f"{view.name} {name}: {fault}\n")
            yield file


def _pictures_settled(browser: Browser, site: Site, views: list[View]) -> Iterator[Path]:
    """The account of somebody who has used it, wide."""
    if not views:
        return
    look, site = Look(), site_by_name(site)
    person = newly_here(site)
    with visiting(browser, site, look, person=person) as visitor:
        settle(visitor, person)
        for view in views:
            page = visitor.context.new_page()
            view.open(page, site)
            expect(page.get_by_test_id(SETTLED[view.name])).to_be_visible()
            _window_made_tall(page, look)
            file = TARGET / f"{view.name}.settled.png"
            page.screenshot(path=file, animations="disabled")
            page.close()
            yield file
        for fault in visitor.faults:
            sys.stderr.write(f"settled: {fault}\n")


def _window_made_tall(page: Page, look: Look) -> None:
    """As tall as the page, up to a limit: what is fixed to the window's edge stays at the edge."""
    wanted: int = page.evaluate("() => document.scrollingElement.scrollHeight")
    height = min(max(wanted, look.size[1]), TALLEST)
    page.set_viewport_size({"width": look.size[0], "height": height})


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
