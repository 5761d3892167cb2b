from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts import selectors
from accounts.errors import SessionNotFound
from accounts.models import Session, User
from accounts.services.sign_in import session_open
from platform_site.kit.auth.tokens import TokenRevoked
from tests.accounts.callers import PASSWORD


@pytest.fixture
def session(alice_user: User) -> Session:
    pair = session_open(email=alice_user.email, password=PASSWORD, device="", address="")
    return Session.objects.get(id=pair.session_id)


def test_an_account_is_overdue_a_day_after_its_day(alice_user: User, bob_user: User) -> None:
    now = timezone.now()
    User.objects.filter(id=alice_user.id).update(deletion_due_at=now - timedelta(hours=25))
    User.objects.filter(id=bob_user.id).update(deletion_due_at=now - timedelta(hours=23))
    assert list(selectors.accounts_overdue()) == [alice_user]


def test_a_user_is_found_by_any_spelling(alice_user: User) -> None:
    assert selectors.user_by_email(email=" ALICE@Example.com") == alice_user
    assert selectors.user_by_email(email="nobody@example.com") is None


def test_a_session_is_its_owners_alone(session: Session, bob_user: User) -> None:
    assert selectors.session_of_user(session_id=session.id, user_id=session.user_id) == session
    for session_id, user_id in ((session.id, bob_user.id), (uuid4(), session.user_id)):
        with pytest.raises(SessionNotFound):
            selectors.session_of_user(session_id=session_id, user_id=user_id)
        with pytest.raises(TokenRevoked):
            selectors.session_signed_in(session_id=session_id, user_id=user_id)
    assert list(selectors.sessions_of_user(user_id=bob_user.id)) == []


def test_nobody_is_signed_in_to_a_session_that_ended_or_an_account_that_is_disabled(
    session: Session, alice_user: User
) -> None:
    found = selectors.session_signed_in(session_id=session.id, user_id=alice_user.id)
    assert found.user == alice_user
    User.objects.filter(id=alice_user.id).update(is_active=False)
    with pytest.raises(TokenRevoked):
        selectors.session_signed_in(session_id=session.id, user_id=alice_user.id)
    User.objects.filter(id=alice_user.id).update(is_active=True)
    Session.objects.update(revoked_at=timezone.now())
    with pytest.raises(TokenRevoked):
        selectors.session_signed_in(session_id=session.id, user_id=alice_user.id)


def test_a_session_comes_with_its_user_in_one_statement(
    session: Session, alice_user: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        found = selectors.session_signed_in(session_id=session.id, user_id=alice_user.id)
        assert (found.user.email, found.device) == (alice_user.email, session.device)


def test_a_session_that_expires_is_live_until_then(session: Session, alice_user: User) -> None:
    selectors.session_signed_in(session_id=session.id, user_id=alice_user.id)
    Session.objects.update(expires_at=timezone.now())
    with pytest.raises(TokenRevoked):
        selectors.session_signed_in(session_id=session.id, user_id=alice_user.id)
