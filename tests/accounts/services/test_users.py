from collections.abc import Iterator
from unittest.mock import MagicMock, patch

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.errors import PasswordIncorrect, RegistrationClosed
from accounts.hashers import TunedArgon2PasswordHasher
from accounts.models import Session, User
from accounts.services import users
from accounts.services.refreshes import session_refresh
from accounts.services.sessions import TokenPair
from accounts.services.sign_in import session_open
from platform_site.kit.auth.revocations import session_is_revoked
from platform_site.kit.auth.tokens import TokenRevoked
from platform_site.kit.rest.problems import InvalidRequest
from tests.accounts.callers import PASSWORD

NEW_PASSWORD = "a different long password"


@pytest.fixture
def hashing() -> Iterator[MagicMock]:
    original = TunedArgon2PasswordHasher.encode
    with patch.object(
        TunedArgon2PasswordHasher, "encode", autospec=True, side_effect=original
    ) as encode:
        yield encode


def opened(user: User, password: str = PASSWORD) -> TokenPair:
    return session_open(email=user.email, password=password, device="d", address="192.0.2.1")


def test_registering_makes_an_account_that_can_sign_in(db: None) -> None:
    users.user_register(
        email="Dora@Example.com", password=PASSWORD, name="Dora", counted_as="192.0.2.1"
    )
    dora = User.objects.get()
    assert (dora.email, dora.name, dora.is_staff, dora.is_active) == (
        "dora@example.com",
        "Dora",
        False,
        True,
    )
    assert opened(dora).expires_in == 600


def test_registering_a_taken_address_changes_nothing(alice_user: User) -> None:
    before = User.objects.values().get()
    users.user_register(
        email="ALICE@example.com", password=NEW_PASSWORD, name="Mallory", counted_as="192.0.2.1"
    )
    assert User.objects.values().get() == before


def test_registering_costs_one_hash_either_way(alice_user: User, hashing: MagicMock) -> None:
    users.user_register(
        email="new@example.com", password=NEW_PASSWORD, name="", counted_as="192.0.2.1"
    )
    assert hashing.call_count == 1
    users.user_register(
        email="alice@example.com", password=NEW_PASSWORD, name="", counted_as="192.0.2.1"
    )
    assert hashing.call_count == 2


def test_registering_asks_the_database_the_same_either_way(
    alice_user: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    # The account, the mail, the entry of the audit, and the two of the transaction.
    count = 6 if connection.vendor == "postgresql" else 5
    with django_assert_num_queries(count):
        users.user_register(
            email="new@example.com", password=NEW_PASSWORD, name="", counted_as="192.0.2.1"
        )
    with django_assert_num_queries(count):
        users.user_register(
            email="alice@example.com", password=NEW_PASSWORD, name="", counted_as="192.0.2.1"
        )


@pytest.mark.parametrize("weak", ["short", "password123", "dora.dorasdottir"])
def test_a_weak_password_makes_no_account(db: None, weak: str) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        users.user_register(
            email="dora.dorasdottir@example.com", password=weak, name="Dora", counted_as="192.0.2.1"
        )
    assert {error.pointer for error in refusal.value.errors} == {"/password"}
    assert User.objects.count() == 0


def test_nobody_registers_where_registration_is_closed(db: None, settings: Settings) -> None:
    settings.REGISTRATION_OPEN = False
    with pytest.raises(RegistrationClosed):
        users.user_register(
            email="new@example.com", password=PASSWORD, name="", counted_as="192.0.2.1"
        )
    assert User.objects.count() == 0


def test_a_changed_password_ends_every_other_session(alice_user: User) -> None:
    here, there = opened(alice_user), opened(alice_user)
    session = Session.objects.select_related("user").get(id=here.session_id)
    users.password_change(session=session, current=PASSWORD, new=NEW_PASSWORD)
    with pytest.raises(TokenRevoked):
        session_refresh(raw=there.refresh, address="")
    assert session_is_revoked(there.session_id) is True
    assert session_is_revoked(here.session_id) is False
    assert session_refresh(raw=here.refresh, address="").session_id == here.session_id
    assert User.objects.get().check_password(NEW_PASSWORD)


def test_a_changed_password_leaves_other_people_signed_in(alice_user: User, bob_user: User) -> None:
    here, bobs = opened(alice_user), opened(bob_user)
    session = Session.objects.select_related("user").get(id=here.session_id)
    users.password_change(session=session, current=PASSWORD, new=NEW_PASSWORD)
    assert session_refresh(raw=bobs.refresh, address="").session_id == bobs.session_id


def test_without_the_current_password_nothing_changes(alice_user: User) -> None:
    here, there = opened(alice_user), opened(alice_user)
    session = Session.objects.select_related("user").get(id=here.session_id)
    with pytest.raises(PasswordIncorrect):
        users.password_change(session=session, current="a guess at it", new=NEW_PASSWORD)
    assert User.objects.get().check_password(PASSWORD)
    assert session_refresh(raw=there.refresh, address="").session_id == there.session_id


def test_of_two_password_changes_with_one_old_password_the_second_fails(
    alice_user: User,
) -> None:
    here = opened(alice_user)
    stale = Session.objects.select_related("user").get(id=here.session_id)
    session = Session.objects.select_related("user").get(id=here.session_id)
    users.password_change(session=session, current=PASSWORD, new=NEW_PASSWORD)
    with pytest.raises(TokenRevoked):
        users.password_change(session=stale, current=PASSWORD, new="yet another password")
    assert User.objects.get().check_password(NEW_PASSWORD)


def test_a_disabled_account_is_signed_out(alice_user: User) -> None:
    pair = opened(alice_user)
    users.account_disable(user_id=alice_user.id)
    assert session_is_revoked(pair.session_id) is True
    with pytest.raises(TokenRevoked):
        session_refresh(raw=pair.refresh, address="")


def test_ensuring_an_account_twice_changes_it_once(db: None) -> None:
    account = {"email": "demo@example.com", "name": "Demo", "password": PASSWORD}
    assert users.account_ensure(**account, is_staff=False) is True
    before = User.objects.values().get()
    assert users.account_ensure(**account, is_staff=False) is False
    assert User.objects.values().get() == before
    assert users.account_ensure(**account, is_staff=True) is True
    assert User.objects.get().is_superuser is True
