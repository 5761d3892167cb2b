"""The pages are those of the results: nobody has written a number by hand."""

import re
from pathlib import Path

import pytest

from bench import report, reports
from bench.capacity import sheet
from bench.capacity_page import capacity_page
from bench.plots import PICTURES, draw_all
from bench.results_page import results_page
from tests.deploy.workspace import ROOT

PARTS = report.parts_there(reports.COMMITTED)


def test_the_results_are_rendered_as_committed() -> None:
    assert results_page(PARTS) == (ROOT / "bench/RESULTS.md").read_text(), "python -m bench report"


def test_the_capacity_sheet_is_rendered_as_committed() -> None:
    page = capacity_page(
        PARTS["reads"], PARTS["pipeline"], PARTS["capacity"], PARTS.get("accounts")
    )
    assert page == (ROOT / "docs/capacity.md").read_text(), "python -m bench report"


@pytest.mark.long
def test_the_sheet_follows_from_what_was_measured_and_from_the_manifests() -> None:
    """Simulations included: their seeds are fixed."""
    assert sheet(PARTS["reads"], PARTS["pipeline"]) == PARTS["capacity"]


def test_the_pages_show_pictures_that_are_made(tmp_path: Path) -> None:
    draw_all(PARTS["reads"], PARTS["pipeline"], PARTS["capacity"], target=tmp_path)
    made = {file.name for file in tmp_path.iterdir()}
    pages = (ROOT / "docs/capacity.md").read_text() + (ROOT / "bench/RESULTS.md").read_text()
    shown = re.findall(r"!\[[^]]+\]\([^)]*?([\w-]+\.svg)\)", pages)
    assert set(shown) == made
    assert all((PICTURES / name).exists() for name in made)


def test_the_same_numbers_give_the_same_picture(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    for target in (first, second):
        target.mkdir()
        draw_all(PARTS["reads"], PARTS["pipeline"], PARTS["capacity"], target=target)
    for file in first.iterdir():
        assert file.read_bytes() == (second / file.name).read_bytes(), file.name


def test_a_picture_is_read_on_a_light_and_on_a_dark_page() -> None:
    """Nothing is painted behind it, and no ink is black or white."""
    for file in PICTURES.glob("*.svg"):
        text = file.read_text()
        colours = {
            colour.lower() for colour in re.findall(r"(?:fill|stroke): (#[0-9a-fA-F]{6})", text)
        }
        assert colours
        assert colours.isdisjoint({"#000000", "#ffffff"}), file.name


def test_a_changed_number_changes_the_page() -> None:
    altered = dict(PARTS["reads"]["memory"])
    altered["images"] = {**altered["images"], "mb": 12_345.0}
    reads = {**PARTS["reads"], "memory": altered}
    assert "12,300" in capacity_page(reads, PARTS["pipeline"], PARTS["capacity"])
