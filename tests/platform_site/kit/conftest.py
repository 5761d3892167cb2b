"""A platform with one issuer whose keys everybody knows; Alice, Bob and Charlie as headers."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from platform_site.kit import shared_cache
from platform_site.kit.auth.tokens import verifier
from platform_site.kit.breaker import Breaker
from platform_site.kit.upstream import http
from tests.platform_site.kit.http_server import Server, serving
from tests.platform_site.kit.token_issuer import Issuer


@pytest.fixture
def issuer(settings: Settings) -> Iterator[Issuer]:
    """The issuer whose published keys this process verifies with."""
    issuer = Issuer()
    settings.JWKS_BUNDLE, settings.JWKS_URL = issuer.jwks, ""
    verifier.cache_clear()
    yield issuer
    verifier.cache_clear()


@pytest.fixture
def server() -> Iterator[Server]:
    """A real HTTP server that answers 200 and ``{}`` until told otherwise."""
    with serving() as server:
        yield server


@pytest.fixture(autouse=True)
def closed_breakers(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No outage of one test reaches the next."""
    monkeypatch.setattr(shared_cache, "breaker", Breaker())
    http.upstream.cache_clear()
    yield
    http.upstream.cache_clear()
