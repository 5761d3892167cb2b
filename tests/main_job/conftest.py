"""One split platform for all tests here that leave it whole."""

from collections.abc import Iterator

import pytest

from tests.servers.platform import Platform, platform
from tests.servers.redis import any_redis


@pytest.fixture(scope="package")
def split(postgresql_url: str) -> Iterator[Platform]:
    """Every role as processes of its own, over PostgreSQL, two Redis and S3."""
    with platform(postgresql_url, redis=any_redis) as running:
        yield running
