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


# Targets under 24 by 24 pixels (WCAG 2.2, 2.5.8). A link in a sentence is as high as its line; a
# field that cannot be seen is reached by its label.
SMALL = """
() => {
  const all = document.querySelectorAll(
    `a[href], button, input, select, textarea, summary, [role=button], [role=checkbox],
     [role=link], [role=menuitem], [role=menuitemradio], [role=option], [role=slider],
     [role=switch], [role=tab]`,
  );
  const size = (box) => box.getBoundingClientRect();
  const unseen = (box) => size(box).width <= 1 || size(box).height <= 1;
  const veiled = (box) => unseen(box) || getComputedStyle(box).opacity === "0";
  const inSentence = (box) => getComputedStyle(box).display === "inline" &&
    [...box.parentElement.childNodes].some(
      (node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim(),
    );
  const reached = [...all].flatMap((box) =>
    box.matches("input") && veiled(box) ? [...(box.labels ?? [])] : [box]);
  return [...new Set(reached)]
    .filter((box) => box.checkVisibility({visibilityProperty: true}) && !unseen(box))
    .filter((box) => !box.closest("[aria-hidden=true]") && !inSentence(box))
    .filter((box) => size(box).width < 23.99 || size(box).height < 23.99)
    .map((box) => `${Math.round(size(box).width)} by ${Math.round(size(box).height)} pixels: ` +
      box.outerHTML.slice(0, 160));
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


def small_targets(page: Page) -> list[str]:
    """What is too small to be hit, in the window as it is."""
    words: list[str] = page.evaluate(SMALL)
    return words


def faults_when_narrow(page: Page) -> list[str]:
    """What does not fit a window of 360 pixels, or is too small to be hit there."""
    page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
    words: list[str] = page.evaluate(STICKING_OUT)
    deadline = time.monotonic() + SETTLED_WITHIN_S
    while words and time.monotonic() < deadline:  # rows of pictures are laid out anew
        page.wait_for_timeout(POLL_MS)
        words = page.evaluate(STICKING_OUT)
    words += small_targets(page)
    page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
    return words
