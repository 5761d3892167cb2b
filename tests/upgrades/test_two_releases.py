"""An upgrade and the way back, while people work: nobody notices anything."""

from pathlib import Path

import pytest

from deploy.project_release.history import previous_release
from tests.edge.server import nginx_binary
from tests.needs import missing
from tests.servers.processes import ROOT
from tests.upgrades.two_releases import rehearsed

pytestmark = pytest.mark.processes

REQUESTS = 1000
"""`make releases` has ten thousand."""


@pytest.fixture(autouse=True)
def nginx_is_here() -> None:
    if nginx_binary() is None:
        missing("nginx is not installed; install it: apt-get install nginx-light")


def test_nobody_notices_an_upgrade_and_the_way_back(postgresql_url: str, tmp_path: Path) -> None:
    report = rehearsed(postgresql_url, tmp_path, before=previous_release(ROOT), requests=REQUESTS)
    assert report.requests >= REQUESTS
    assert report.passed, report
