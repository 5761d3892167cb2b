"""A provider of single sign-on that listens on this machine."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from accounts.oidc.calls import _breaker
from accounts.oidc.metadata import documents_of
from tests.servers.oidc_provider import CLIENT_SECRET, OidcProvider, oidc_provider


@pytest.fixture
def provider(settings: Settings) -> Iterator[OidcProvider]:
    documents_of.cache_clear()
    _breaker.cache_clear()
    with oidc_provider() as made:
        settings.OIDC_PROVIDERS = [made.settings()]
        settings.OIDC_CLIENT_SECRETS = {"acme": CLIENT_SECRET}
        yield made
