"""An upgrade, a roll-out of every role and the way back, under load: nobody notices anything."""

from pathlib import Path

import pytest

from deploy.project_release.history import previous_release
from tests.edge.server import nginx_binary
from tests.needs import missing
from tests.servers.processes import ROOT
from tests.upgrades.rolling import ROLES
from tests.upgrades.two_releases import rehearsed

pytestmark = pytest.mark.processes

REQUESTS = 1000
"""`make releases` has ten thousand, and `make rolling` as many and two pods of each role."""


@pytest.fixture(autouse=True)
def nginx_is_here() -> None:
    if nginx_binary() is None:
        missing("nginx is not installed; install it: apt-get install nginx-light")


def test_nobody_notices_an_upgrade_a_roll_out_and_the_way_back(
    postgresql_url: str, tmp_path: Path
) -> None:
    report = rehearsed(postgresql_url, tmp_path, before=previous_release(ROOT), requests=REQUESTS)
    assert report.requests >= REQUESTS
    assert set(report.replaced) == {*ROLES, "scheduler", "nginx"}
    assert {"slow upload", "slow read", "admin"} <= set(report.asked)
    assert report.passed, report
