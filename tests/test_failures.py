"""A failure in lanes is told before the run ends, with its reason; one without lanes is not."""

import sys
from pathlib import Path
from subprocess import run

import pytest

from tests.servers.processes import ROOT

SUITE = """
import pytest

@pytest.fixture
def broken():
    raise RuntimeError("no server")

def test_good(): pass
def test_bad(): assert 1 == 2, "one is not two"
def test_without_its_server(broken): pass
"""


@pytest.mark.parametrize("lanes", [0, 1])
def test_each_failure_is_one_line_before_the_summary(tmp_path: Path, lanes: int) -> None:
    (tmp_path / "test_suite.py").write_text(SUITE)
    plugins = ("-p", "no:cacheprovider", "-p", "tests.failures")
    command = [sys.executable, "-m", "pytest", "-q", *plugins, "-n", str(lanes), str(tmp_path)]
    command += ["-c", "/dev/null", "--rootdir", str(tmp_path)]
    done = run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    before, _, _after = done.stdout.partition("= ERRORS =")
    told = [line for line in before.splitlines() if line.startswith(("FAILED ", "ERROR "))]
    expected = [
        "ERROR test_suite.py::test_without_its_server - RuntimeError: no server",
        "FAILED test_suite.py::test_bad - AssertionError: one is not two",
    ]
    assert sorted(told) == (expected if lanes else [])
