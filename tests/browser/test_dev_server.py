"""`npm run dev`: the pages from their sources, the API from a backend, one origin for both."""

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.site import Site
from tests.browser.visitor import VisitorMade
from tests.servers.person import PASSWORD
from tests.servers.ports import free_port
from tests.servers.processes import ROOT, Program

pytestmark = [pytest.mark.browser, pytest.mark.processes]

FRONTEND = ROOT / "frontend"
SOURCES = ("src", "public", "scripts")
STARTED_WITHIN_S = 90.0
# Vite bundles the libraries when they are first asked for.
FIRST_PAGE_WITHIN_MS = 90_000
PATH = f"{os.environ['PATH']}:{ROOT / '.venv' / 'bin'}"


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """The pages' sources, to be changed."""
    copy = tmp_path / "frontend"
    for name in SOURCES:
        shutil.copytree(FRONTEND / name, copy / name)
    for file in (*FRONTEND.glob("*.json"), *FRONTEND.glob("*.ts"), FRONTEND / "index.html"):
        shutil.copy(file, copy)
    (copy / "node_modules").symlink_to(FRONTEND / "node_modules")
    return copy


@pytest.fixture
def dev(laptop: Site, sources: Path, tmp_path: Path) -> Iterator[Site]:
    """Vite's server in front of the laptop."""
    port = free_port()
    vite = [str(sources / "node_modules/.bin/vite"), str(sources)]
    command = [*vite, "--host", "127.0.0.1", "--port", str(port)]
    config = ["--config", str(sources / "vite.config.ts")]
    program = Program(
        "vite", [*command, *config], {"BACKEND_URL": laptop.address, "PATH": PATH}, tmp_path
    )
    try:
        program.start()
        _awaited(program, "ready in")
        yield Site(f"http://127.0.0.1:{port}")
    finally:
        program.stop()


def _awaited(program: Program, words: str) -> None:
    deadline = time.monotonic() + STARTED_WITHIN_S
    while words not in program.words():
        assert time.monotonic() < deadline, program.words()
        assert program.process is not None
        assert program.process.poll() is None, program.words()
        time.sleep(0.1)


def test_a_changed_component_shows_at_once_to_somebody_signed_in(
    laptop: Site, dev: Site, sources: Path, visit: VisitorMade
) -> None:
    person = laptop.person("developer")
    page = visit(dev).context.new_page()
    page.goto(f"{dev.address}/sign-in", timeout=FIRST_PAGE_WITHIN_MS)
    page.get_by_label("E-mail").fill(person.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Library", level=1)).to_be_visible()
    page.reload()  # the cookie is all that is left of the session
    expect(page.get_by_role("heading", name="Library", level=1)).to_be_visible()

    page.evaluate("() => { window.isTheSamePage = true; }")
    view = sources / "src/features/library/LibraryView.tsx"
    title = '{trashed ? t("trashTitle") : t("title")}'
    assert view.read_text().count(title) == 1
    view.write_text(view.read_text().replace(title, '"Changed"'))
    expect(page.get_by_role("heading", name="Changed", level=1)).to_be_visible()
    assert page.evaluate("() => window.isTheSamePage")
