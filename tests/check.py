"""`make check`: lints what has changed and runs the unit tier, with the time of each stage.

python -m tests.check [BASE]   (BASE: the commit that the changes are counted from)
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tests.run import BEGAN
from tests.stages import Run, Stage

PACKAGES: Final = ("platform_site", "accounts", "gateway", "images")
UNITS: Final = tuple(f"tests/{name}" for name in (*PACKAGES, "house"))
"""The folders whose units are run: those that mirror a package, and the gates of the house."""
SOURCES: Final = tuple(os.environ.get("SOURCES", "manage.py").split())
"""What is linted of Python, as the Makefile says."""
AT_ONCE: Final = {"ruff", "format"}
"""The stages that take no time; the others go on beside the tests."""
BIN: Final = Path(sys.executable).parent


def base() -> str:
    """The commit that this branch began at; on the main branch itself, the last commit."""
    for name in ("origin/main", "main"):
        found = _git("merge-base", "HEAD", name)
        if found:
            return found[0]
    return "HEAD"


def changed(since: str) -> list[str]:
    """The files that differ from ``since``, committed or not, and are still there."""
    differing = _git("diff", "--name-only", "--diff-filter=d", since)
    return sorted({*differing, *_git("ls-files", "--others", "--exclude-standard")})


def lints(files: Sequence[str]) -> list[Stage]:
    """The stages that these files ask for."""
    python = [file for file in files if file.endswith((".py", ".pyi")) and _is_source(file)]
    stages = []
    if python or "pyproject.toml" in files:
        stages += [
            Stage("ruff", f"{len(python)} changed files", _ruff("check", python)),
            Stage("format", "ruff's formatter", _ruff("format", ["--check", *python])),
            Stage(
                "imports",
                "the contracts between packages",
                [str(BIN / "lint-imports"), "--no-logo"],
            ),
            Stage("mypy", "every type, through its cache", [*_module("mypy"), *SOURCES]),
        ]
    if any(file.startswith(("frontend/", "gateway/openapi.json")) for file in files):
        stages.append(Stage("pages", "biome and tsc", ["sh", ".ci/frontend", "lint", "typecheck"]))
    return stages


def units() -> Stage:
    """The tests that need no server, in as many processes as there are cores."""
    processes = ("--numprocesses", str(os.cpu_count() or 1), "--dist", "loadscope")
    options = ("-m", "unit", "--quiet", "--no-header", "-p", "no:cacheprovider")
    return Stage(
        "units", "tests that need no server", [*_module("pytest"), *options, *processes, *UNITS]
    )


def check(since: str) -> int:
    """Every stage; the exit status."""
    run = Run("make check", float(os.environ.get(BEGAN) or time.time()))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that `finally` ends the stages
    try:
        for stage in lints(changed(since)):
            (run.front if stage.name in AT_ONCE else run.beside)(stage)
        tests = units()
        run.front(tests)
        run.await_beside()
    finally:
        run.stop()
    status = run.summary()
    print(tests.last_line)  # noqa: T201 - the end of a run is what pytest says of it
    return status


def _ruff(command: str, words: Sequence[str]) -> list[str]:
    return [*_module("ruff"), command, "--quiet", *(words or SOURCES)]


def _module(name: str) -> list[str]:
    return [sys.executable, "-m", name]


def _is_source(file: str) -> bool:
    below = any(file == source or file.startswith(f"{source}/") for source in SOURCES)
    return below and "/migrations/" not in file


def _git(*arguments: str) -> list[str]:
    done = subprocess.run(["git", *arguments], capture_output=True, text=True, check=False)
    return done.stdout.splitlines() if done.returncode == 0 else []


if __name__ == "__main__":
    sys.exit(check(sys.argv[1] if len(sys.argv) > 1 else base()))
