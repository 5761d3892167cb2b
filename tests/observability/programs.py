"""The monitoring programs that the tests run, from the system's packages."""

import os
import shutil
from collections.abc import Sequence

from tests.needs import missing

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
    """Leave the test out where a program is missing, and say which."""
    path = f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin"
    wanted = sorted({PACKAGES[name] for name in names if shutil.which(name, path=path) is None})
    if wanted:
        missing(f"not installed: apt-get install {' '.join(wanted)}")
