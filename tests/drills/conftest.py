"""One split platform with short leases, which the load runs against and in which faults are put."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from drills.client import Addresses
from drills.history import History
from tests.servers.platform import Platform, platform
from tests.servers.redis import any_redis


@pytest.fixture(scope="module")
def split(postgresql_url: str) -> Iterator[Platform]:
    """Every role as processes of its own."""
    extra = {"JOB_LEASE_S": "2", "JOB_REQUEUE_AFTER_S": "2", "WEB_WORKERS": "1"}
    with platform(postgresql_url, extra=extra, scheduler=True, redis=any_redis) as running:
        yield running


@pytest.fixture
def addresses(split: Platform) -> Addresses:
    """Where clients find it."""
    return Addresses(split.address("gateway"), split.address("auth"), split.address("images"))


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    """An empty history."""
    written = History(tmp_path / "history.jsonl")
    yield written
    written.close()
