"""What tests have measured, told at the end of a run; no test asserts a time.

A plugin, for where tests run in processes of their own only a report reaches the one that prints.
"""

from typing import Final

import pytest

MEASURED: Final = "measured"
"""The property of a report that holds one line of words."""


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the lines in the order of their tests."""
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
