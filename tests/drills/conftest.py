"""One split platform with short leases, and a liar in front of each part of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from drills.client import Addresses
from drills.history import History
from tests.drills.meddling import Meddler
from tests.servers.platform import WEB_ROLES, Platform, platform
from tests.servers.redis import any_redis


@pytest.fixture(scope="module")
def liars() -> Iterator[dict[str, Meddler]]:
    """Proxies that hand on what they get, until a test says otherwise."""
    running = {name: Meddler().start() for name in ("store", "gateway", "images")}
    yield running
    for liar in running.values():
        liar.stop()


@pytest.fixture(scope="module")
def split(postgresql_url: str, liars: dict[str, Meddler]) -> Iterator[Platform]:
    """Every role as processes of its own, which find their store behind a liar."""
    extra = {"JOB_LEASE_S": "2", "JOB_REQUEUE_AFTER_S": "2", "WEB_WORKERS": "1"}
    extra["S3_ENDPOINT_URL"] = liars["store"].address
    with platform(postgresql_url, extra=extra, roles=(), redis=any_redis) as running:
        liars["store"].target = running.store.endpoint
        for name in ("gateway", "images"):
            liars[name].target = running.address(name)
        running.start(*WEB_ROLES, "worker", "scheduler")
        yield running


@pytest.fixture
def addresses(split: Platform) -> Addresses:
    """Where clients find it, without a liar."""
    return Addresses(split.address("gateway"), split.address("auth"), split.address("images"))


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    """An empty history."""
    written = History(tmp_path / "history.jsonl")
    yield written
    written.close()
