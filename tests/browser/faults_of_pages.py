"""What can be wrong with a page as it stands: for those who cannot see it, and on a small phone."""

import time
from collections.abc import Iterator

from playwright.sync_api import Page, expect

from tests.browser.site import DIST
from tests.browser.visitor import NARROW, WIDE, Scheme

AXE = DIST.parent / "node_modules" / "axe-core" / "axe.min.js"
SETTLED_WITHIN_S = 10.0
POLL_MS = 50
SERIOUS = {"serious", "critical"}
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
RUN = """
async (rules) => {
  const found = await axe.run(document, {resultTypes: ["violations"], ...rules});
  return found.violations.map(
    ({id, impact, nodes}) => ({id, impact, where: nodes.map(({target}) => target.join(" "))}),
  );
}
"""
# Which rules a theme can break that the other one has kept.
RULES: dict[Scheme, dict[str, list[str]]] = {
    "light": {},
    "dark": {"runOnly": ["color-contrast", "link-in-text-block"]},
}
SETTLED = """
() => document.getAnimations().every((one) => !(one instanceof CSSTransition))
"""
# Text in the colour of what is behind it; axe-core only asks a person to look at that.
UNSEEN = """
() => {
  const behind = (box) => {
    for (; box; box = box.parentElement) {
      const {backgroundColor, backgroundImage} = getComputedStyle(box);
      if (backgroundImage !== "none") return null;
      if (backgroundColor !== "rgba(0, 0, 0, 0)") return backgroundColor;
    }
    return null;
  };
  const written = (box) => [...box.childNodes].some(
    (node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim(),
  );
  return [...document.body.querySelectorAll("*")]
    .filter((box) => written(box) && box.checkVisibility())
    .filter((box) => getComputedStyle(box).color === behind(box))
    .map((box) => `text that nobody sees: ${box.textContent.trim()}`);
}
"""
# What sticks out, unless it lies in something that scrolls or cuts by itself.
STICKING_OUT = """
() => {
  const {clientWidth, scrollWidth} = document.scrollingElement;
  const cut = (element) => {
    for (let box = element.parentElement; box && box !== document.body; box = box.parentElement) {
      if (getComputedStyle(box).overflowX !== "visible") return true;
    }
    return false;
  };
  const out = [...document.body.querySelectorAll("*")].filter((element) => {
    const {left, right, width} = element.getBoundingClientRect();
    return width > 1 && (left < -1 || right > clientWidth + 1) && !cut(element);
  });
  const words = out.map((element) => `sticks out: ${element.outerHTML.slice(0, 120)}`);
  return scrollWidth > clientWidth ? [`the page is ${scrollWidth} px wide`, ...words] : words;
}
"""


def violations(page: Page) -> Iterator[str]:
    """What axe-core finds serious, and text that cannot be seen, in both themes."""
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", scheme)
        if not page.evaluate("() => 'axe' in globalThis"):
            page.evaluate(AXE.read_text())
        page.wait_for_function(SETTLED)
        yield from page.evaluate(UNSEEN)
        for violation in page.evaluate(RUN, RULES[scheme]):
            if violation["impact"] in SERIOUS:
                yield f"{scheme}: {violation['id']}: {', '.join(violation['where'])}"


def overflows(page: Page) -> list[str]:
    """What does not fit a window of 360 pixels."""
    page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
    words: list[str] = page.evaluate(STICKING_OUT)
    deadline = time.monotonic() + SETTLED_WITHIN_S
    while words and time.monotonic() < deadline:  # rows of pictures are laid out anew
        page.wait_for_timeout(POLL_MS)
        words = page.evaluate(STICKING_OUT)
    page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
    return words
