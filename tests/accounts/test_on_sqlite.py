"""Some tests of accounts once more, on the database of `make up`.

Those in whose way two databases could differ: statements of our own, compare-and-set, parallel
writers, chains, what a constraint decides, and the state machine over all of sign-in.
"""

import os
import sys
from subprocess import run
from typing import Final

import pytest

from tests.servers.processes import KEPT, ROOT

AGAIN: Final = (
    "api_keys",
    "audit",
    "key_exchange",
    "lifetimes",
    "links",
    "mails",
    "refreshes",
    "session_lifetime",
)
ONE_WRITER: Final = "SQLite has one writer at a time"
"""Why a test is left out there, and only there."""


@pytest.mark.long
def test_accounts_work_on_the_database_of_a_laptop() -> None:
    files = [f"tests/accounts/services/test_{name}.py" for name in AGAIN]
    environment = {name: os.environ[name] for name in KEPT if name in os.environ}
    done = run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *files],
        env={**environment, "TEST_DATABASE": "sqlite"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stdout[-6000:]
    assert ONE_WRITER in done.stdout
