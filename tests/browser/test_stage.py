"""The picture on its page: what is behind it, what moves, the original, fingers and Escape."""

import io
import re
import time
from dataclasses import dataclass, field
from typing import Any

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import CDPSession, Locator, Page, expect

from tests.browser.cast import Cast
from tests.browser.visitor import NARROW, Locale, Look, VisitorMade
from tests.servers.person import PHOTOGRAPHS, Person

pytestmark = [pytest.mark.browser, pytest.mark.processes]

SMALL = (640, 480)
BEHIND = "(box) => getComputedStyle(box).backgroundImage"
DRAWN_WIDTH = "(image) => image.getBoundingClientRect().width"


@dataclass(frozen=True)
class Gallery:
    """Somebody's images by what they are; ``mountains`` is the newest, ``logo`` the oldest."""

    owner: Person
    logo: str
    ball: str
    mountains: str


@dataclass
class Finger:
    """Touches the page. The time is its own, so that a slow machine makes no slow finger."""

    session: CDPSession
    now_s: float = field(default_factory=time.time)

    def swipes(self, picture: Locator, by: int) -> None:
        """Sideways over the picture's middle, in CSS pixels."""
        x, y = _middle(picture)
        start = x - by / 2
        self._touches("touchStart", start, y)
        for step in range(1, 5):
            self._touches("touchMove", start + by * step / 4, y)
        self._touches("touchEnd")

    def taps_twice(self, picture: Locator) -> None:
        """On the picture's middle, after a pause."""
        self.now_s += 1
        for _ in range(2):
            self._touches("touchStart", *_middle(picture))
            self._touches("touchEnd")

    def _touches(self, kind: str, *point: float) -> None:
        self.now_s += 0.03
        points = [dict(zip("xy", point, strict=True))] if point else []
        event = {"type": kind, "touchPoints": points, "timestamp": self.now_s}
        self.session.send("Input.dispatchTouchEvent", event)


@pytest.fixture(scope="module")
def gallery(cast: Cast) -> Gallery:
    owner = cast.site.person("stella")
    with Image.open(PHOTOGRAPHS / "mountains.jpg") as photograph:
        small = _encoded([photograph.resize(SMALL)], "JPEG")
    files = {"logo": _logo(), "ball": _ball(), "mountains": small}
    ids = {}
    for name, content in files.items():
        stored = owner.upload(content, presets="thumb,small", title=name).json
        assert owner.job_ended(stored["job"]["id"])["state"] == "succeeded"
        ids[name] = stored["image"]["id"]
    return Gallery(owner, **ids)


def test_nothing_of_the_placeholder_shines_through_a_transparent_picture(
    cast: Cast, gallery: Gallery, visit: VisitorMade
) -> None:
    page = visit(cast.site, person=gallery.owner).open(f"/images/{gallery.logo}")
    shown = _shown(page)
    expect(shown).to_be_visible()
    expect(_stage(page).locator("img")).to_have_count(1)
    assert "conic-gradient" in shown.locator("..").evaluate(BEHIND)

    page.goto(f"{cast.site.address}/images/{gallery.mountains}")
    expect(shown).to_be_visible()
    expect(_stage(page).locator("img")).to_have_count(1)
    assert shown.locator("..").evaluate(BEHIND) == "none"


def test_an_animation_plays_by_itself_or_by_a_button_where_less_motion_is_wished_for(
    cast: Cast, gallery: Gallery, visit: VisitorMade
) -> None:
    page = visit(cast.site, person=gallery.owner).context.new_page()
    moving = _stage(page).locator("img[data-original=shown]")
    page.emulate_media(reduced_motion="no-preference")
    page.goto(f"{cast.site.address}/images/{gallery.ball}")
    expect(moving).to_have_attribute("src", re.compile("/original/"))
    page.get_by_role("button", name="Pause").click()
    expect(moving).to_have_count(0)
    expect(_shown(page)).to_be_visible()

    page.emulate_media(reduced_motion="reduce")
    page.reload()
    expect(_shown(page)).to_be_visible()
    expect(moving).to_have_count(0)
    play = page.get_by_role("button", name=re.compile("^Play"))
    expect(play).to_contain_text("kB")
    play.click()
    expect(moving).to_be_visible()


def test_the_original_comes_on_demand_and_is_enlarged_by_mouse_and_wheel(
    cast: Cast, visit: VisitorMade
) -> None:
    page = visit(cast.site, person=cast.owner).open(f"/images/{cast.image}")
    page.get_by_role("button", name="Original").click()
    original = _stage(page).locator("img[data-original=shown]")
    expect(original).to_be_visible()
    expect(page.get_by_role("button", name="Original")).to_have_attribute("aria-pressed", "true")
    fitted = original.evaluate(DRAWN_WIDTH)

    original.dblclick()
    expect(_stage(page)).to_have_attribute("data-zoomed", "true")
    assert original.evaluate(DRAWN_WIDTH) == cast.owner.image(cast.image)["width"] > fitted

    frame = original.locator("../..")
    before = frame.evaluate("(frame) => frame.scrollLeft")
    box = frame.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 200, box["y"] + 200)
    page.mouse.down()
    page.mouse.move(box["x"] + 120, box["y"] + 200, steps=4)
    page.mouse.up()
    # The page scrolls with its next frame, which a busy machine draws later.
    moved = "([frame, left]) => frame.scrollLeft === left"
    page.wait_for_function(moved, arg=[frame.element_handle(), before + 80])

    page.keyboard.down("Control")
    for _ in range(6):
        page.mouse.wheel(0, 100)
    page.keyboard.up("Control")
    expect(_stage(page)).not_to_have_attribute("data-zoomed", "true")


def test_escape_leads_back_unless_it_closes_something(
    cast: Cast, gallery: Gallery, visit: VisitorMade
) -> None:
    page = visit(cast.site, person=gallery.owner).open("/")
    page.locator(f"[data-image='{gallery.ball}']").get_by_role("link").click()
    page.get_by_role("button", name="Copy", exact=True).click()
    expect(page.get_by_role("menu")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("menu")).to_have_count(0)
    page.get_by_role("button", name="Edit title and tags").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page).to_have_url(re.compile(f"/images/{gallery.ball}$"))
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("tile").first).to_be_visible()
    expect(page).to_have_url(f"{cast.site.address}/")


@pytest.mark.parametrize(("locale", "towards_next"), [("en", -1), ("ar", 1)])
def test_a_finger_leafs_and_two_taps_enlarge(
    cast: Cast, gallery: Gallery, visit: VisitorMade, locale: Locale, towards_next: int
) -> None:
    page = visit(cast.site, Look(locale=locale, size=NARROW), gallery.owner).open("/")
    page.locator(f"[data-image='{gallery.ball}']").get_by_role("link").tap()
    finger = Finger(page.context.new_cdp_session(page))

    finger.swipes(_picture_of(page, "ball"), 160 * towards_next)
    finger.swipes(_picture_of(page, "logo"), 160 * towards_next)  # the last: there is no next
    finger.swipes(_picture_of(page, "logo"), -160 * towards_next)

    picture = _picture_of(page, "ball")
    expect(page).to_have_url(re.compile(f"/images/{gallery.ball}$"))
    fitted = picture.evaluate(DRAWN_WIDTH)
    finger.taps_twice(picture)
    expect(_stage(page)).to_have_attribute("data-zoomed", "true")
    assert picture.evaluate(DRAWN_WIDTH) > fitted
    finger.swipes(picture, 160 * towards_next)  # moves the enlarged picture about
    finger.taps_twice(picture)
    expect(_stage(page)).not_to_have_attribute("data-zoomed", "true")
    expect(page).to_have_url(re.compile(f"/images/{gallery.ball}$"))


def test_what_is_copied_says_its_hour_and_what_is_too_small_says_its_size(
    cast: Cast, gallery: Gallery, visit: VisitorMade
) -> None:
    visitor = visit(cast.site, person=gallery.owner)
    visitor.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = visitor.open(f"/images/{gallery.mountains}")
    page.get_by_role("button", name="Copy", exact=True).click()
    hour = re.compile(r"Works until \d\d:\d\d (today|tomorrow|on )")
    expect(page.get_by_test_id("link-until")).to_have_text(hour)
    page.get_by_role("menuitem", name="Copy HTML").click()
    expect(page.get_by_test_id("toasts")).to_contain_text(hour)

    page.get_by_role("tab", name="Transform").click()
    page.get_by_label("Width").fill("800")
    page.get_by_label("Height").fill("600")
    page.get_by_role("radiogroup", name="Fit").get_by_text("Cover").click()
    asked, made = re.compile("800 \u00d7 600"), re.compile("640 \u00d7 480")
    for size in (asked, made):
        expect(page.get_by_test_id("shortfall")).to_contain_text(size)
        expect(page.get_by_test_id("builder-preview")).to_contain_text(size)
    page.get_by_role("tab", name="Renditions").click()
    row = page.get_by_test_id("renditions").locator("li", has_text="fit_cover")
    expect(row).to_contain_text(asked)
    expect(row).to_contain_text(made)


def _stage(page: Page) -> Locator:
    return page.get_by_test_id("image-stage")


def _shown(page: Page) -> Locator:
    """The picture in the stage, once it is there."""
    return _stage(page).locator("img[data-shown]")


def _picture_of(page: Page, title: str) -> Locator:
    """The picture in the stage, once the page is that of the image with this title."""
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    return _shown(page)


def _middle(picture: Locator) -> tuple[float, float]:
    """The middle of what is seen of the picture's frame."""
    expect(picture).to_be_visible()
    box: Any = picture.locator("../..").bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def _logo() -> bytes:
    """Black on nothing."""
    picture = Image.new("RGBA", SMALL)
    ImageDraw.Draw(picture).ellipse((80, 80, 400, 400), fill="black")
    return _encoded([picture], "PNG")


def _ball() -> bytes:
    """Four frames of a ball that rolls."""
    frames = [Image.new("RGB", (480, 320), "navy") for _ in range(4)]
    for index, frame in enumerate(frames):
        left = 40 + 90 * index
        ImageDraw.Draw(frame).ellipse((left, 110, left + 100, 210), fill="orange")
    return _encoded(frames, "GIF")


def _encoded(frames: list[Image.Image], image_format: str) -> bytes:
    file = io.BytesIO()
    more = {"save_all": True, "append_images": frames[1:], "duration": 200, "loop": 0}
    frames[0].save(file, image_format, **(more if frames[1:] else {}))
    return file.getvalue()
