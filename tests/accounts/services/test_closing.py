from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import Settings

from accounts.errors import DeletionBegun, PasswordIncorrect
from accounts.models import Session, User
from accounts.services.closing import (
    account_close,
    account_close_by_owner,
    account_restore,
    accounts_delete_due,
)
from accounts.services.sign_in import session_open
from tests.accounts.callers import PASSWORD
from tests.accounts.provider import OWNER, images_answering

pytestmark = pytest.mark.enable_socket


def session_of(user: User) -> Session:
    pair = session_open(email=user.email, password=PASSWORD, device="", address="")
    return Session.objects.select_related("user").get(id=pair.session_id)


def make_due(user: User, *, days_ago: int = 0) -> None:
    due = timezone.now() - timedelta(days=days_ago)
    User.objects.filter(id=user.id).update(deletion_due_at=due)


def test_closing_ends_every_session_and_names_the_day(
    alice_user: User, bob_user: User, settings: Settings
) -> None:
    session, bobs = session_of(alice_user), session_of(bob_user)
    due = account_close_by_owner(session=session, password=PASSWORD)
    days = timedelta(days=settings.ACCOUNT_DELETION_GRACE_DAYS)
    assert abs(due - timezone.now() - days) < timedelta(minutes=1)
    assert list(Session.objects.live()) == [bobs]
    assert account_close(user_id=alice_user.id) == due  # a day that is set stays


def test_with_another_password_nothing_happens(alice_user: User) -> None:
    session = session_of(alice_user)
    with pytest.raises(PasswordIncorrect):
        account_close_by_owner(session=session, password="a guess")
    assert list(Session.objects.live()) == [session]
    assert User.objects.get(id=alice_user.id).deletion_due_at is None


def test_it_is_taken_back_until_the_day_has_come(alice_user: User) -> None:
    account_close(user_id=alice_user.id)
    account_restore(user_id=alice_user.id)
    account_restore(user_id=alice_user.id)
    assert User.objects.get(id=alice_user.id).deletion_due_at is None
    make_due(alice_user)
    with pytest.raises(DeletionBegun):
        account_restore(user_id=alice_user.id)


def test_the_account_stays_until_images_has_nothing_left(
    alice_user: User, bob_user: User, settings: Settings
) -> None:
    make_due(alice_user)
    with images_answering(settings, purge=202):
        first = accounts_delete_due()
    assert (first.deleted, first.waiting, first.failed) == (0, 1, 0)
    with images_answering(settings, purge=204):
        second = accounts_delete_due()
    assert (second.deleted, second.waiting, second.failed) == (1, 0, 0)
    assert list(User.objects.all()) == [bob_user]


def test_images_hears_of_what_was_closed_and_of_what_was_taken_back(
    alice_user: User, bob_user: User, settings: Settings
) -> None:
    for user in (alice_user, bob_user):
        account_close(user_id=user.id)
    account_restore(user_id=bob_user.id)
    with images_answering(settings, withhold=204, release=204) as images:
        accounts_delete_due()
        accounts_delete_due()
    assert len(images.asked("POST", f"{OWNER}/withhold")) == 2  # it may have come back meanwhile
    assert len(images.asked("POST", f"{OWNER}/release")) == 1
    assert User.objects.get(id=bob_user.id).restored_at is None


def test_the_command_fails_when_images_is_silent_or_an_account_is_overdue(
    alice_user: User, settings: Settings
) -> None:
    make_due(alice_user, days_ago=2)
    with (
        images_answering(settings, purge=500),
        pytest.raises(CommandError, match="1 without an answer from images; 1 overdue"),
    ):
        call_command("delete_due_accounts", stdout=StringIO())
    assert User.objects.filter(id=alice_user.id).exists()


def test_the_command_says_what_it_did(alice_user: User, settings: Settings) -> None:
    make_due(alice_user)
    out = StringIO()
    with images_answering(settings, purge=204):
        call_command("delete_due_accounts", stdout=out)
    assert out.getvalue() == "Deleted 1; waiting 0, of which overdue 0.\n"
