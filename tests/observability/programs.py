"""The monitoring programs that the tests run, from the system's packages."""

import os
import shutil
from collections.abc import Sequence

import pytest

PACKAGES = {
    "prometheus": "prometheus",
    "promtool": "prometheus",
    "prometheus-alertmanager": "prometheus-alertmanager",
    "amtool": "prometheus-alertmanager",
    "prometheus-postgres-exporter": "prometheus-postgres-exporter",
    "prometheus-redis-exporter": "prometheus-redis-exporter",
    "prometheus-nginx-exporter": "prometheus-nginx-exporter",
    "nginx": "nginx-light",
}


def needed(names: Sequence[str]) -> None:
    """Leave the test out where a program is missing, in a clear word; in CI that is a failure."""
    path = f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin"
    missing = sorted({PACKAGES[name] for name in names if shutil.which(name, path=path) is None})
    if not missing:
        return
    word = f"not installed: apt-get install {' '.join(missing)}"
    if os.environ.get("CI") == "true":
        pytest.fail(word)
    pytest.skip(word)
