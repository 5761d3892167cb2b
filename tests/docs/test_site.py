"""The documentation site is built strictly, holds every page and loads nothing from elsewhere."""

import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.deploy.documents import pages
from tests.deploy.workspace import ROOT

SITE = "docs/site"


def build(root: Path, output: Path, builder: str) -> subprocess.CompletedProcess[str]:
    """What ``make docs`` runs; the dummy builder resolves every link and writes nothing."""
    return subprocess.run(
        [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", builder,
         "-c", SITE, "-d", f"{output}-read", ".", str(output)],
        cwd=root, text=True, capture_output=True, check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("docs") / "site"
    done = build(ROOT, output, "html")
    assert (done.returncode, done.stderr) == (0, "")
    return output


class Loaded(HTMLParser):
    """The URLs that a browser fetches by itself when it shows a page."""

    def __init__(self) -> None:
        super().__init__()
        self.urls: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if url := attributes.get("src"):
            self.urls.append(url)
        if tag == "link" and (url := attributes.get("href")):
            self.urls.append(url)


def loaded_by(html: str) -> list[str]:
    parser = Loaded()
    parser.feed(html)
    return parser.urls


def test_every_page_of_the_repository_is_in_the_site(site: Path) -> None:
    expected = {str(page.relative_to(ROOT).with_suffix(".html")) for page in pages()}
    assert len(expected) > 50
    assert {page for page in expected if not (site / page).exists()} == set()


def test_a_page_loads_only_files_of_the_site(site: Path) -> None:
    found = {
        page: loaded_by(page.read_text())
        for page in site.rglob("*.html")
        if "_static" not in page.parts  # a template of the theme, which no page shows
    }
    assert sum(map(len, found.values())) > 500
    for page, urls in found.items():
        for url in urls:
            assert (page.parent / re.sub(r"[?#].*", "", url)).exists(), (page.name, url)


def test_a_style_sheet_loads_only_files_of_the_site(site: Path) -> None:
    sheets = list(site.rglob("*.css"))
    assert sheets
    for sheet in sheets:
        text = sheet.read_text()
        assert not re.search(r"""(@import|url\()\s*["']?(https?:)?//""", text), sheet.name


def test_a_style_or_a_script_of_another_host_is_found() -> None:
    html = '<script src="https://cdn.example/x.js"></script><link href="//fonts.example/y.css">'
    assert loaded_by(html) == ["https://cdn.example/x.js", "//fonts.example/y.css"]


def test_the_index_of_the_search_knows_the_pages(site: Path) -> None:
    index = (site / "searchindex.js").read_text()
    assert '"docs/architecture"' in index
    assert '"fenc' in index  # of "fencing", by its stem


def test_the_reference_has_every_operation(site: Path) -> None:
    text = (site / "docs/api.html").read_text()
    for operation in ("POST /api/v1/images", "GET /auth/profile", "POST /auth/login"):
        assert f">{operation}<" in re.sub(r"</?span[^>]*>", "", text)


def test_a_diagram_is_drawn_by_a_script_of_the_site(site: Path) -> None:
    assert (site / "_static/mermaid.tiny.js").stat().st_size > 1_000_000
    with_script = {p.name for p in site.rglob("*.html") if "mermaid.tiny.js" in p.read_text()}
    with_diagram = {
        page.with_suffix(".html").name for page in pages() if "```mermaid" in page.read_text()
    }
    assert with_script == with_diagram != set()


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages and the configuration in a place where they can be broken."""
    root = tmp_path_factory.mktemp("repository") / "root"
    for page in (*pages(), ROOT / "gateway/openapi.json", ROOT / "LICENSE"):
        copy = root / page.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(page, copy)
    shutil.copytree(ROOT / SITE, root / SITE, dirs_exist_ok=True)
    shutil.copytree(ROOT / "docs/pictures", root / "docs/pictures")
    shutil.copy(ROOT / "frontend/nginx/defaults.envsh", root / "frontend/nginx")
    (root / "frontend/node_modules").symlink_to(ROOT / "frontend/node_modules")
    done = build(root, root.parent / "site", "dummy")
    assert (done.returncode, done.stderr) == (0, "")
    return root


@pytest.mark.parametrize(
    ("page", "text", "warning"),
    [
        ("docs/guide.md", "[x](no-such-page.md)", "cross-reference target not found"),
        ("docs/guide.md", "[x](architecture.md#no-such-section)", "local id not found"),
        ("docs/guide.md", "[x](#no-such-section)", "cross-reference target not found"),
        ("docs/guide.md", "![x](pictures/no-such-picture.png)", "image file not readable"),
        ("docs/unlisted.md", "# A page that no group names", "isn't included in any toctree"),
    ],
)
def test_a_broken_page_fails_the_build(copied: Path, page: str, text: str, warning: str) -> None:
    place = copied / page
    before = place.read_text() if place.exists() else None
    place.write_text(f"{before or ''}\n\n{text}\n")
    try:
        done = build(copied, copied.parent / "site", "dummy")
    finally:
        place.unlink() if before is None else place.write_text(before)
    assert done.returncode == 1
    assert warning in done.stderr


def test_a_page_of_the_navigation_that_is_missing_fails_the_build(copied: Path) -> None:
    place = copied / "docs/guide.md"
    text = place.read_text()
    place.unlink()
    (copied / "README.md").touch()  # so that it is read again, as a fresh build does
    try:
        done = build(copied, copied.parent / "site", "dummy")
    finally:
        place.write_text(text)
    assert done.returncode == 1
    assert "nonexisting document 'docs/guide'" in done.stderr
