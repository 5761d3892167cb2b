"""What tests have measured, told at the end of a run; no test asserts a time.

A plugin, for where tests run in processes of their own only a report reaches the one that prints.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Final

import pytest

MEASURED: Final = "measured"
"""The property of a report that holds one line of words."""


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the lines in the order of their tests, and where the time of a run in lanes went."""
    reports = [report for kind in terminalreporter.stats.values() for report in kind]
    words = [
        value
        for report in reports
        for name, value in getattr(report, "user_properties", ())
        if name == MEASURED and getattr(report, "when", "") == "call"
    ]
    if words:
        terminalreporter.section("measured")
        for line in words:
            terminalreporter.line(line)
    if terminalreporter.config.getoption("numprocesses", None):
        terminalreporter.section("time by folder, of all lanes together")
        for line in times_by_folder(r for r in reports if isinstance(r, pytest.TestReport)):
            terminalreporter.line(line)


def times_by_folder(reports: Iterable[pytest.TestReport]) -> list[str]:
    """How long the tests of each folder took with their fixtures, the longest first."""
    seconds: defaultdict[str, float] = defaultdict(float)
    tests: Counter[str] = Counter()
    for report in reports:
        folder = report.nodeid.partition("::")[0].removeprefix("tests/").partition("/")[0]
        seconds[folder] += report.duration
        tests[folder] += report.when == "call"
    longest = sorted(seconds, key=seconds.__getitem__, reverse=True)
    return [f"{seconds[folder]:6.0f} s  {folder} ({tests[folder]})" for folder in longest]
