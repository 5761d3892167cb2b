"""A quick run leaves the numbers of the pages alone."""

import json
from pathlib import Path

import pytest

from bench import reports


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports, "COMMITTED", tmp_path / "committed")
    monkeypatch.setattr(reports, "QUICK", tmp_path / "quick")


def test_what_is_written_is_read() -> None:
    reports.write("reads", {"rounds": 5})
    assert reports.read("reads") == {"rounds": 5}
    assert reports.read("never") is None


def test_a_quick_run_writes_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    reports.write("reads", {"rounds": 5})
    monkeypatch.setenv("QUICK", "1")
    reports.write("reads", {"rounds": 2})
    assert json.loads((reports.COMMITTED / "reads.json").read_text()) == {"rounds": 5}
    assert reports.read("reads") == {"rounds": 2}
