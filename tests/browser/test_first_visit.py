"""What a first visit costs: bytes of script are limited, times are only told."""

import gzip
import json
import statistics

import pytest
from playwright.sync_api import Response, expect

from tests.browser.cast import Cast
from tests.browser.measures import MEASURES
from tests.browser.visitor import SAVE_DATA, VisitorMade

pytestmark = [pytest.mark.browser, pytest.mark.processes]

LIMIT_BYTES = 245_000
SIGN_IN_LIMIT_BYTES = 170_000
VISITS = 5
# From the start of the navigation until the first field takes what is typed.
INTERACTIVE = "() => performance.now()"


@pytest.mark.parametrize(
    ("path", "ready"),
    [("/sign-in", "form input"), ("/", "[data-testid=tile]"), ("/images/{image}", "figure img")],
)
def test_a_first_visit_loads_little_script(
    cast: Cast, visit: VisitorMade, path: str, ready: str
) -> None:
    person, limit = (None, SIGN_IN_LIMIT_BYTES) if path == "/sign-in" else (cast.owner, LIMIT_BYTES)
    visitor = visit(cast.site, person=person)
    visitor.context.add_init_script(SAVE_DATA)
    page = visitor.context.new_page()
    scripts: list[Response] = []
    page.on("response", lambda got: scripts.append(got) if _is_script(got) else None)
    visitor.open(path.format(image=cast.image), page=page)
    expect(page.locator(ready).first).to_be_visible()
    page.wait_for_load_state("networkidle")

    sizes = [len(gzip.compress(script.body(), 6)) for script in scripts]
    MEASURES.append(f"{path:16} {sum(sizes) / 1000:6.1f} kB of gzipped script, {len(sizes)} files")
    assert len(sizes) > 1
    assert sum(sizes) < limit


def test_a_browser_can_install_the_pages(cast: Cast, visit: VisitorMade) -> None:
    visitor = visit(cast.site)
    page = visitor.open("/sign-in")
    expect(page.locator("form input").first).to_be_visible()
    manifest = visitor.context.new_cdp_session(page).send("Page.getAppManifest")
    assert manifest["url"] == f"{cast.site.address}/app.webmanifest"
    assert manifest["errors"] == []
    for icon in json.loads(manifest["data"])["icons"]:
        answer = visitor.context.request.get(f"{cast.site.address}{icon['src']}")
        assert (answer.status, answer.headers["content-type"]) == (200, icon["type"])
    kept = {
        path: visitor.context.request.get(f"{cast.site.address}{path}").headers
        for path in ("/", "/index.html", "/app.webmanifest")
    }
    assert kept["/"]["cache-control"] == "no-cache"
    assert kept["/index.html"]["cache-control"] == "max-age=0, public"
    assert kept["/app.webmanifest"]["content-type"] == "application/manifest+json"


def test_the_time_until_the_first_page_takes_input_is_told(cast: Cast, visit: VisitorMade) -> None:
    times = []
    for _ in range(VISITS):
        page = visit(cast.site).open("/sign-in")
        email = page.get_by_label("E-mail")
        email.fill("alice@example.com")
        times.append(page.evaluate(INTERACTIVE))
        expect(email).to_have_value("alice@example.com")
    MEASURES.append(
        f"/sign-in takes input after {statistics.median(times):.0f} ms"
        f" (median of {VISITS} first visits; fastest {min(times):.0f} ms)"
    )


def _is_script(answer: Response) -> bool:
    return answer.request.resource_type == "script" or answer.url.endswith(".js")
