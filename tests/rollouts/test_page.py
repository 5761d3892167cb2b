"""What a reader sees of a run."""

import json
from pathlib import Path

from tests.rollouts.page import ABOUT, written
from tests.rollouts.report import BAD

ROW = {
    "build": "job", "held": True, "promoted": False, "largest_share": 10,
    "seconds_of_traffic": 22.1, "requests": 3851, "failed": 0, "budget_spent": 0.0,
    "why": "failed jobs: 7 of 9 (77.78%) at http://127.0.0.1:4242/readyz",
}  # fmt: skip


def test_bad_ones_are_rows_and_good_ones_a_line(tmp_path: Path) -> None:
    good = {**ROW, "build": "good", "promoted": True, "why": "all in order"}
    written(tmp_path, [ROW, good, good])
    page = (tmp_path / "rollouts.md").read_text()
    assert (
        "| job | every job of the new worker fails | yes | 22 s | 10 % | 0 of 3851 | 0.0000% |\n"
    ) in page
    assert "Good ones: 2 of 2 have everybody, 0 of 7702 requests failed meanwhile.\n" in page
    assert "- `job`: failed jobs: 7 of 9 (77.78%) at …/readyz\n" in page, "no port of this run"
    assert len(json.loads((tmp_path / "rollouts.json").read_text())["rows"]) == 3


def test_every_build_is_told_of() -> None:
    assert set(BAD) <= ABOUT.keys()
