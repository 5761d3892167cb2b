"""A decision is read in one sitting, and its number is its own."""

import re
from pathlib import Path

import pytest

from tests.deploy.workspace import ROOT

RECORDS = sorted((ROOT / "docs" / "adr").glob("0*.md"))
PAGE_WORDS = 500


def test_there_are_records() -> None:
    assert len(RECORDS) > 35


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.name[:4])
def test_a_record_is_at_most_a_page(record: Path) -> None:
    assert len(record.read_text().split()) <= PAGE_WORDS


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.name[:4])
def test_a_record_has_its_number_context_decision_and_consequence(record: Path) -> None:
    text = record.read_text()
    title = re.match(r"# (\d+)\. \S", text)
    assert title
    assert int(title[1]) == int(record.name[:4])
    for part in ("Context", "Decision", "Consequence"):
        assert re.search(rf"(?m)^(\*\*{part}|## {part})", text), part


def test_no_two_records_have_one_number() -> None:
    numbers = [record.name[:4] for record in RECORDS]
    assert numbers == sorted(set(numbers))
