"""Alice owns, Bob is signed in, Charlie is anonymous; the routes are those of the auth role."""

import pytest
from pytest_django import Settings

from accounts.models import User
from tests.accounts.callers import PASSWORD, Caller, signed_in


@pytest.fixture(autouse=True)
def auth_role(settings: Settings) -> None:
    settings.ROOT_URLCONF = "platform_site.urls.auth"


@pytest.fixture
def alice_user(db: None) -> User:
    return User.objects.create_user("alice@example.com", PASSWORD, name="Alice")


@pytest.fixture
def bob_user(db: None) -> User:
    return User.objects.create_user("bob@example.com", PASSWORD, name="Bob")


@pytest.fixture
def alice(alice_user: User) -> Caller:
    return signed_in(alice_user)


@pytest.fixture
def bob(bob_user: User) -> Caller:
    return signed_in(bob_user)


@pytest.fixture
def charlie(db: None) -> Caller:
    return Caller()
