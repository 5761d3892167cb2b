"""`make test`: builds what the selected tests need, runs them, and tells each stage and its time.

python -m tests.run [ARGUMENTS OF PYTEST …]
"""

import os
import signal
import sys
import time
from collections.abc import Sequence
from typing import Final

from tests import needs
from tests.stages import Run, Stage

SPA: Final = "frontend/dist/index.html"
BEGAN: Final = "RUN_BEGAN_AT"
"""The variable in which `make` says when it began, in seconds since 1970."""


def lanes() -> int:
    """How many processes share the tests: one for each core.

    With one more, tests that give a part a second to answer fail by chance.
    """
    return int(os.environ.get("LANES") or os.cpu_count() or 1)


def pytest_command(arguments: Sequence[str]) -> list[str]:
    """What runs the tests: everything in lanes, a selection as it is asked for."""
    everything = ("--numprocesses", str(lanes()), "--dist", "loadscope")
    colour = ("--color=yes",) if sys.stdout.isatty() else ()
    return [sys.executable, "-m", "pytest", *colour, *(arguments or everything)]


def run(arguments: Sequence[str]) -> int:
    """Every stage that the tests need, then the tests; the exit status."""
    began_at = float(os.environ.get(BEGAN) or time.time())
    stages = Run("make test", began_at)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that `finally` ends the stages
    stages.note("environment", "passed", "Python packages of the lock file", time.time() - began_at)
    try:
        _build(stages, arguments)
        stages.await_beside()  # tests of timeouts want the machine for themselves
        tests = Stage("tests", "pytest", pytest_command(arguments))
        stages.front(tests)
    finally:
        stages.stop()
    status = stages.summary()
    print(tests.last_line)  # noqa: T201 - the end of a run is what pytest says of it
    return status


def _build(stages: Run, arguments: Sequence[str]) -> None:
    if wanted := needs.programs(arguments):
        stages.front(
            Stage("packages", f"programs: {', '.join(wanted)}", ["sh", ".ci/packages", *wanted])
        )
    if needs.is_store_built(arguments):
        store = Stage(
            "store",
            "VersityGW, the S3 server of the tests",
            ["sh", ".ci/store"],
            is_required=needs.is_strict(),
        )
        stages.beside(store)
    if any(needs.is_asked_for(path, arguments) for path in needs.PAGES):
        stages.front(Stage("spa", "the pages, built", ["make", "--no-print-directory", SPA]))
    if any(needs.is_asked_for(path, arguments) for path in needs.IMAGES):
        build = Stage(
            "images",
            "file systems of the container images",
            ["sh", "tests/deploy/images/build"],
            is_required=needs.is_strict(),
        )
        stages.beside(build)
    if not arguments:
        vitest = Stage("vitest", "tests of the pages' code", ["sh", ".ci/frontend", "test"])
        stages.beside(vitest)


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
