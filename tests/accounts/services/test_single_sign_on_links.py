"""Whose account a return from a provider opens, and who may link one."""

from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.utils import timezone

from accounts.models import Identity, Session, User
from tests.accounts.callers import signed_in
from tests.accounts.travellers import Traveller, error_of
from tests.servers.oidc_provider import OidcProvider

pytestmark = [pytest.mark.enable_socket, pytest.mark.django_db]


def test_alice_links_while_she_is_signed_in_and_comes_back_that_way(
    provider: OidcProvider, alice_user: User
) -> None:
    alice = Traveller(signed_in(alice_user))
    url = alice.caller.post("/auth/identities/acme", {"return_path": "/account"}).json()["url"]
    location = alice.at_provider(url)
    reply = alice.back(location)
    assert (reply["Location"], "refresh" in reply.cookies) == ("/account", False)
    assert Identity.objects.get().user == alice_user
    assert error_of(Traveller().through()) == ""
    assert User.objects.count() == 1


def test_a_link_that_was_begun_in_a_session_that_has_ended_is_not_made(
    provider: OidcProvider, alice_user: User
) -> None:
    alice = Traveller(signed_in(alice_user))
    url = alice.caller.post("/auth/identities/acme", {"return_path": "/account"}).json()["url"]
    Session.objects.update(revoked_at=timezone.now())
    reply = alice.back(alice.at_provider(url))
    assert reply["Location"] == "/account#sso_error=token_revoked"
    assert not Identity.objects.exists()


def test_a_disabled_account_is_not_entered(provider: OidcProvider) -> None:
    Traveller().through()
    User.objects.update(is_active=False)
    assert error_of(Traveller().through()) == "sso_account_closed"
    assert Session.objects.count() == 1


def test_an_account_with_a_second_factor_is_asked_for_it(
    provider: OidcProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    Traveller().through()
    monkeypatch.setattr(
        "accounts.services.second_step.selectors.factor_methods", lambda **_user: ("otp",)
    )
    reply = Traveller().through(return_path="/images?tag=x")
    page = urlsplit(reply["Location"])
    assert (page.path, dict(parse_qsl(page.query))) == ("/sign-in", {"next": "/images?tag=x"})
    told = dict(parse_qsl(page.fragment))
    assert (told["methods"], "refresh" in reply.cookies) == ("otp", False)
    assert told["challenge"]
    assert Session.objects.count() == 1


def test_links_are_changed_by_who_has_just_signed_in(
    provider: OidcProvider, alice_user: User
) -> None:
    alice = signed_in(alice_user)
    identity = Identity.objects.create(user=alice_user, provider="acme", subject="s")
    Session.objects.update(authenticated_at=timezone.now() - timedelta(minutes=6))
    for method, name in (("POST", "acme"), ("DELETE", str(identity.id))):
        reply = alice.send(method, f"/auth/identities/{name}", {} if method == "POST" else None)
        assert (reply.status_code, reply.json()["code"]) == (403, "reauthentication_required")
    assert Identity.objects.exists()
