"""A page of another origin: the listed one uses the API and the pictures, another cannot."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser.site import behind_nginx
from tests.edge.server import nginx_binary
from tests.edge.upstreams import Answer, serving
from tests.needs import missing
from tests.servers.person import PASSWORD, PHOTOGRAPHS, Person

pytestmark = [pytest.mark.browser, pytest.mark.processes]

USES_THE_API = """
async ({platform, email, password}) => {
  const signIn = await fetch(`${platform}/auth/login`, {
    method: "POST",
    headers: {"Content-Type": "application/json"},
    body: JSON.stringify({email, password, mode: "token"}),
  });
  const headers = {Authorization: `Bearer ${(await signIn.json()).access}`};
  const form = new FormData();
  form.append("file", await (await fetch("/photograph")).blob(), "wine.jpg");
  form.append("presets", "thumb");
  const upload = await fetch(`${platform}/api/v1/images`, {
    method: "POST", headers: {...headers, "Idempotency-Key": crypto.randomUUID()}, body: form,
  });
  const made = await upload.json();
  const address = `${platform}/api/v1/images/${made.image.id}`;
  let image = made.image;
  for (let tries = 0; tries < 200 && image.state !== "ready"; tries++) {
    await new Promise((done) => setTimeout(done, 100));
    image = await (await fetch(address, {headers})).json();
  }
  const gone = await fetch(`${platform}/api/v1/images/${crypto.randomUUID()}`, {headers});
  const anonymous = await fetch(address);
  return {
    statuses: [upload.status, gone.status, anonymous.status],
    problem: (await anonymous.json()).code,
    read: ["ETag", "Location", "X-Request-ID", "RateLimit"].map((name) => upload.headers.get(name)),
    picture: image.renditions[0].url,
  };
}
"""
ASKS = """
async ({platform, credentials}) => {
  try {
    const reply = await fetch(`${platform}/auth/profile`, {
      headers: {Authorization: "Bearer none"}, credentials,
    });
    return String(reply.status);
  } catch (refused) { return refused.name; }
}
"""
DRAWS = """
async ({picture, mode}) => {
  const shown = new Image();
  if (mode) shown.crossOrigin = mode;
  shown.src = picture;
  try { await shown.decode(); } catch { return "not loaded"; }
  const canvas = document.createElement("canvas");
  const drawing = canvas.getContext("2d");
  drawing.drawImage(shown, 0, 0);
  try { return `${drawing.getImageData(0, 0, 1, 1).data.length} values`; }
  catch (refused) { return refused.name; }
}
"""


@dataclass(frozen=True)
class World:
    """The platform, a page that it lists, a page that it does not, and a person."""

    platform: str
    listed: str
    other: str
    alice: Person

    def account(self) -> dict[str, str]:
        return {"platform": self.platform, "email": self.alice.email, "password": PASSWORD}


@pytest.fixture(scope="module")
def world(browser_is_here: None, postgresql_url: str) -> Iterator[World]:
    if nginx_binary() is None:
        missing("nginx is not installed; install it: apt-get install nginx-light")
    photograph = (PHOTOGRAPHS / "wine-portrait-exif.jpg").read_bytes()
    with ExitStack() as stack:
        pages = [stack.enter_context(serving()) for _ in range(2)]
        for page in pages:
            page.respond = lambda got: (
                Answer(200, {"Content-Type": "image/jpeg"}, photograph)
                if got.path == "/photograph"
                else Answer(
                    200, {"Content-Type": "text/html"}, b"<!doctype html><title>page</title>"
                )
            )
        listed, other = (f"http://{page.address}" for page in pages)
        shared = {"CORS_ORIGINS": listed, "PICTURE_CORS_ORIGINS": listed}
        site = stack.enter_context(behind_nginx(postgresql_url, shared))
        yield World(site.address, listed, other, site.person("alice"))


def at(browser: Browser, origin: str, script: str, argument: dict[str, Any]) -> Any:
    """What ``script`` gives on a page of ``origin``."""
    context = browser.new_context()
    try:
        page = context.new_page()
        page.goto(origin)
        return page.evaluate(script, argument)
    finally:
        context.close()


def test_a_listed_page_uses_the_api_and_draws_a_picture_and_another_cannot(
    browser: Browser, world: World
) -> None:
    done = at(browser, world.listed, USES_THE_API, world.account())
    assert done["statuses"] == [202, 404, 401]
    assert done["problem"] == "not_authenticated"
    assert all(done["read"][1:])
    for origin, drawn in ((world.listed, "4 values"), (world.other, "not loaded")):
        picture = {"picture": done["picture"], "mode": "anonymous"}
        assert at(browser, origin, DRAWS, picture) == drawn
    shown = {"picture": done["picture"], "mode": ""}
    assert at(browser, world.other, DRAWS, shown) == "SecurityError"  # shown, and not read


@pytest.mark.parametrize(("credentials", "answer"), [("omit", "401"), ("include", "TypeError")])
def test_a_listed_page_may_ask_without_cookies_and_another_not_at_all(
    browser: Browser, world: World, credentials: str, answer: str
) -> None:
    asked = {"platform": world.platform, "credentials": credentials}
    assert at(browser, world.listed, ASKS, asked) == answer
    assert at(browser, world.other, ASKS, asked) == "TypeError"
