"""What a run in lanes says of the time that each folder took."""

import pytest

from tests.measured import times_by_folder


def report(nodeid: str, when: str, duration: float) -> pytest.TestReport:
    """One phase of one test."""
    at = (nodeid, 0, nodeid)
    return pytest.TestReport(nodeid, at, {}, "passed", None, when, duration=duration)  # type: ignore[arg-type]


def test_fixtures_count_for_their_folder_and_each_test_once() -> None:
    assert times_by_folder(
        [
            report("tests/edge/test_a.py::test_one", "setup", 20.0),
            report("tests/edge/test_a.py::test_one", "call", 1.0),
            report("tests/images/api/test_b.py::test_two", "call", 30.0),
            report("tests/edge/test_a.py::test_three[a/b]", "call", 2.0),
            report("tests/test_lanes.py::test_four", "call", 0.0),
        ]
    ) == ["    30 s  images (1)", "    23 s  edge (2)", "     0 s  test_lanes.py (1)"]
