"""What tests need beyond Python: of the machine, and of what this repository builds first."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import pytest

STRICT: Final = "TESTS_LEAVE_NOTHING_OUT"
"""The variable that turns every test that would be left out into one that fails."""

MONITORING: Final = (
    *("nginx", "redis-server", "prometheus", "prometheus-alertmanager"),
    *("prometheus-postgres-exporter", "prometheus-redis-exporter", "prometheus-nginx-exporter"),
)
PROGRAMS: Final[Mapping[str, Sequence[str]]] = {
    "tests/archive": ("postgres", "pgbackrest"),
    "tests/browser": ("chromium-headless-shell", "nginx"),
    "tests/deploy/test_cluster.py": ("ip", "redis-server"),
    "tests/drills": (*MONITORING, "envsubst"),
    "tests/edge": ("nginx", "envsubst"),
    "tests/main_job": ("redis-server",),
    "tests/observability": MONITORING,
    "tests/rollouts": ("nginx", "envsubst", "redis-server", "prometheus"),
    "tests/upgrades": ("nginx", "redis-server"),
}
"""The programs that the tests below a path run; `.ci/packages` knows the package of each."""
PAGES: Final = ("tests/browser",)
"""The tests that open the built SPA."""
IMAGES: Final = ("tests/deploy/test_cluster.py",)
"""The tests that run roles from the file systems of the images."""
STORE: Final = (
    *("tests/accounts", "tests/archive", "tests/browser", "tests/deploy", "tests/drills"),
    *("tests/edge", "tests/images", "tests/main_job", "tests/observability", "tests/outages"),
    *("tests/platform_site", "tests/rollouts", "tests/stores", "tests/upgrades"),
)
"""The tests that store objects in the S3 server that `.ci/store` builds."""
STORE_NAMED: Final = "S3_TEST_ENDPOINT"
"""The variable that names another store for them."""


def is_strict() -> bool:
    """Whether nothing may be left out, as in `.ci/run`."""
    return os.environ.get(STRICT) == "1"


def missing(reason: str) -> None:
    """Leave the test out and say why; where nothing may be left out, fail."""
    if is_strict():
        pytest.fail(reason)
    pytest.skip(reason)


def selected(arguments: Sequence[str]) -> list[str]:
    """The paths among pytest's arguments, without the names of tests; none is everything."""
    paths = [word.partition("::")[0].rstrip("/") for word in arguments]
    return [path for path in paths if path.startswith("tests") and Path(path).exists()]


def is_asked_for(path: str, arguments: Sequence[str]) -> bool:
    """Whether a run with these arguments reaches tests at or below ``path``."""
    paths = selected(arguments) or ["tests"]
    return any(_contains(one, path) or _contains(path, one) for one in paths)


def programs(arguments: Sequence[str]) -> list[str]:
    """The programs that a run with these arguments of pytest starts."""
    wanted = {
        program
        for path, names in PROGRAMS.items()
        if is_asked_for(path, arguments)
        for program in names
    }
    return sorted(wanted)


def is_store_built(arguments: Sequence[str]) -> bool:
    """Whether a run with these arguments stores objects in a server of its own."""
    return STORE_NAMED not in os.environ and any(is_asked_for(one, arguments) for one in STORE)


def _contains(folder: str, path: str) -> bool:
    return path == folder or path.startswith(f"{folder}/")
