"""A role that signs looks at its keys when it starts, and the doctor tries them."""

import pytest
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from accounts.apps import AccountsConfig
from platform_site.kit.auth.tokens import verifier
from platform_site.kit.health import NotReady
from tests.accounts.test_signing_keys import entry


@pytest.fixture
def accounts() -> AccountsConfig:
    config = apps.get_app_config("accounts")
    assert isinstance(config, AccountsConfig)
    return config


@pytest.mark.parametrize(
    "key",
    [
        {"kid": "k", "sign_from": "2026-01-01T00:00:00Z", "private_pem": "no key"},
        entry("k", "2999-01-01T00:00:00Z"),
    ],
    ids=["not a key", "not yet"],
)
def test_a_role_that_could_not_sign_does_not_start(
    accounts: AccountsConfig, settings: Settings, key: dict[str, str]
) -> None:
    accounts.ready()
    settings.SIGNING_KEYS = {"keys": [key]}
    with pytest.raises(ImproperlyConfigured, match=r"^SIGNING_KEYS"):
        accounts.ready()


def test_a_role_that_holds_no_key_starts_without(
    accounts: AccountsConfig, settings: Settings
) -> None:
    del settings.SIGNING_KEYS
    accounts.ready()
    assert accounts.dependencies() == {}


def test_the_doctor_signs_and_verifies(accounts: AccountsConfig, settings: Settings) -> None:
    check = accounts.dependencies()["signing keys"]
    check()
    settings.SIGNING_KEYS = {"keys": [entry("unpublished", "2026-01-01T00:00:00Z")]}
    with pytest.raises(NotReady, match="is not believed with the keys in JWKS"):
        check()
    verifier().forget()
