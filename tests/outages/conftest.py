"""One platform over a proxied database for all tests here that break it."""

from collections.abc import Iterator

import pytest

from tests.outages.site import Site, site_over_proxy

SHORT = {
    "DATABASE_STATEMENT_TIMEOUT_S": "0.6",
    "DATABASE_LOCK_TIMEOUT_S": "0.4",
    "DATABASE_POOL_TIMEOUT_S": "0.6",
    "JOB_LEASE_S": "120",  # no sweeper helps
    # Nobody is there, but what would be mailed is written.
    "EMAIL_HOST": "127.0.0.1",
    "EMAIL_PORT": "9",
    "EMAIL_TLS": "none",
}


@pytest.fixture(scope="package")
def site(postgresql_url: str) -> Iterator[Site]:
    with site_over_proxy(postgresql_url, extra=SHORT) as furnished:
        yield furnished
