"""A failure is printed when it happens, not only at the end of a run of many minutes. A plugin."""

import pytest


@pytest.hookimpl(trylast=True)  # after the letter that stands for the test
def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Print one line with the test and what went wrong, in the process that has the terminal."""
    if report.failed and _terminals:
        _terminals[0].write("\n" + line(report) + "\n", red=True)


@pytest.hookimpl(trylast=True)  # pytest's own makes the terminal
def pytest_configure(config: pytest.Config) -> None:
    """Find the terminal of a run in lanes; without lanes pytest is asked for its own options."""
    terminal = config.pluginmanager.get_plugin("terminalreporter")
    if terminal is not None and config.getoption("numprocesses", None):
        _terminals.append(terminal)


def pytest_unconfigure() -> None:
    """Forget the terminal."""
    _terminals.clear()


def line(report: pytest.TestReport) -> str:
    """What the end of the run says of ``report`` in its summary, in one line."""
    word = "FAILED" if report.when == "call" else "ERROR"
    crash = getattr(report.longrepr, "reprcrash", None)
    reasons = crash.message.splitlines() if crash is not None else []
    return f"{word} {report.nodeid}" + (f" - {reasons[0]}" if reasons else "")


_terminals: list[pytest.TerminalReporter] = []
