from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Identity, Session, SpentState, User
from accounts.services.single_sign_on import states_forget
from tests.accounts.callers import Caller
from tests.accounts.travellers import Traveller, error_of
from tests.servers.oidc_provider import CLIENT_SECRET, OidcProvider, oidc_provider

pytestmark = [pytest.mark.enable_socket, pytest.mark.django_db]


@pytest.fixture
def provider(settings: Settings) -> Iterator[OidcProvider]:
    with oidc_provider() as made:
        settings.OIDC_PROVIDERS = [made.settings()]
        settings.OIDC_CLIENT_SECRETS = {"acme": CLIENT_SECRET}
        yield made


def test_a_stranger_signs_in_and_has_an_account_without_a_password(
    provider: OidcProvider,
) -> None:
    dora = Traveller()
    reply = dora.through(return_path="/images?tag=x")

    assert (error_of(reply), reply["Location"]) == ("", "/images?tag=x")
    user = User.objects.get()
    assert (user.email, user.name) == ("dora@example.org", "Dora")
    assert not user.has_usable_password()
    assert user.email_verified_at is not None
    session = Session.objects.get()
    assert (session.methods, session.device) == ("fed", "browser")
    cookie = reply.cookies["refresh"]
    assert (cookie["samesite"], cookie["path"], cookie["httponly"]) == ("Strict", "/auth", True)
    profile = dora.signed_in().get("/auth/profile").json()
    assert profile["email"] == "dora@example.org"
    assert reply.cookies["sso"].value == ""


def test_the_second_time_it_is_the_same_account_whatever_the_address_is_by_then(
    provider: OidcProvider,
) -> None:
    Traveller().through()
    provider.person["email"] = "dora@new.example"
    assert error_of(Traveller().through()) == ""
    identity = Identity.objects.get()
    assert identity.email == "dora@new.example"
    assert identity.last_used_at is not None
    assert User.objects.get().email == "dora@example.org"


def test_the_way_in_is_offered(provider: OidcProvider, charlie: Caller) -> None:
    offered = charlie.get("/auth/sign-in-options").json()["providers"]
    assert offered == [{"id": "acme", "name": "Acme"}]


def test_spent_states_are_forgotten_once_they_would_have_expired(provider: OidcProvider) -> None:
    Traveller().through()
    assert states_forget() == 0
    SpentState.objects.update(spent_at=timezone.now() - timedelta(hours=1))
    assert states_forget() == 1
