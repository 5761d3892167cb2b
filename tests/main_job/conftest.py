"""One split platform for all tests here that leave it whole."""

from collections.abc import Iterator

import pytest

from tests.servers.platform import GRANIAN, GUNICORN, Platform, platform
from tests.servers.redis import any_redis


@pytest.fixture(scope="package")
def split(request: pytest.FixtureRequest, postgresql_url: str) -> Iterator[Platform]:
    """Every role as processes of its own, over PostgreSQL, two Redis and S3.

    The parameter names the web server, gunicorn unless a test asks for another.
    """
    web = {"gunicorn": GUNICORN, "granian": GRANIAN}[getattr(request, "param", "gunicorn")]
    with platform(postgresql_url, redis=any_redis, web=web) as running:
        yield running
