"""A roll-out of every role, while people work: nobody notices anything."""

from pathlib import Path

import pytest

from tests.edge.server import nginx_binary
from tests.needs import missing
from tests.upgrades.rolling import ROLES, rolled

pytestmark = pytest.mark.processes

REQUESTS = 500
"""`make rolling` has ten thousand, and two pods of each role."""


@pytest.fixture(autouse=True)
def nginx_is_here() -> None:
    if nginx_binary() is None:
        missing("nginx is not installed; install it: apt-get install nginx-light")


def test_nobody_notices_a_roll_out_of_every_role(postgresql_url: str, tmp_path: Path) -> None:
    report = rolled(postgresql_url, tmp_path, requests=REQUESTS)
    assert report.requests >= REQUESTS
    assert set(report.ended) == {*ROLES, "scheduler", "nginx"}
    assert {"slow upload", "slow read", "admin"} <= set(report.asked)
    assert report.passed, report
