"""Whoever is in front waits longer than the gateway waits for those behind it."""

import re
from pathlib import Path
from typing import Final

import pytest

from gateway import deadlines
from gateway.services.processing import HELD_MARGIN_S
from platform_site.kit.database import MARGIN_S
from platform_site.kit.rest.preferences import LONGEST_WAIT_S
from platform_site.kit.upstream.connections import CONNECT_TIMEOUT_S, PROGRESS_S

ROOT: Final = Path(__file__).resolve().parents[2]
TEMPLATES: Final = ROOT / "frontend/nginx/templates"
WAIT: Final = re.compile(r"proxy_read_timeout (\d+)s;")


def waits_s(template: str, location: str = "") -> list[float]:
    """What nginx waits in the block that ``location`` begins, or in the whole file."""
    text = (TEMPLATES / f"{template}.conf.template").read_text()
    block = text.partition(location)[2].partition("\n    }")[0] if location else text
    return [float(found) for found in WAIT.findall(block)]


@pytest.mark.parametrize("location", ["location ^~ /api/ {", "location ^~ /api/v1/images/ {"])
def test_nginx_waits_longer_than_a_change_may_take(location: str) -> None:
    (waited_s,) = waits_s("site", location)
    # A service token, and the call itself a second time when that token was not taken.
    assert waited_s > deadlines.READ_S + 2 * deadlines.WRITE_S


def test_nginx_waits_longer_than_a_change_that_waits_for_its_job() -> None:
    (waited_s,) = waits_s("site", "location ^~ /api/v1/images/ {")
    assert waited_s > deadlines.READ_S + LONGEST_WAIT_S + HELD_MARGIN_S


def test_nginx_waits_longer_than_an_upload_and_what_is_waited_for_after_it() -> None:
    (waited_s,) = waits_s("upload")
    after = LONGEST_WAIT_S + 2 * deadlines.READ_S
    assert waited_s > deadlines.READ_S + deadlines.UPLOAD_S + after


def test_a_role_gives_up_on_its_database_before_the_gateway_gives_up_on_it() -> None:
    page = (ROOT / "docs/configuration.md").read_text()
    defaults = dict(re.findall(r"^\| `(DATABASE_\w+_S)` \|[^|]*\| `([\d.]+)`", page, re.MULTILINE))
    assert float(defaults["DATABASE_STATEMENT_TIMEOUT_S"]) + MARGIN_S < deadlines.READ_S
    assert float(defaults["DATABASE_POOL_TIMEOUT_S"]) < deadlines.READ_S


def test_a_read_is_the_shortest_wait_for_work() -> None:
    assert CONNECT_TIMEOUT_S <= deadlines.STATUS_S <= deadlines.READ_S <= PROGRESS_S
    assert [deadlines.deadline_s(method) for method in ("GET", "HEAD", "POST", "DELETE")] == [
        *(deadlines.READ_S, deadlines.READ_S),
        *(deadlines.WRITE_S, deadlines.WRITE_S),
    ]
