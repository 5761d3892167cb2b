from datetime import timedelta
from io import StringIO
from unittest.mock import patch

import orjson
import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import Settings
from redis.exceptions import ConnectionError as RedisConnectionError

from accounts.errors import DeletionBegun, PasswordIncorrect, ReauthenticationRequired
from accounts.models import Mail, Receipt, Session, User
from accounts.secret_keys import opened
from accounts.services import batches, closing, revocations
from accounts.services.closing import (
    account_close,
    account_close_by_owner,
    account_restore,
    accounts_delete_due,
)
from accounts.services.deny_list import DenyListTeller
from accounts.services.mails import SEAL
from accounts.services.receipts import email_digest, receipt_verify
from accounts.services.sign_in import session_open
from platform_site.kit.auth.revocations import session_is_revoked
from tests.accounts.callers import PASSWORD
from tests.accounts.provider import OWNER, images_answering
from tests.gateway.provider import Answer

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


def test_a_fresh_session_does_without_the_password_and_another_does_not(alice_user: User) -> None:
    session = session_of(alice_user)
    session.authenticated_at = timezone.now() - timedelta(seconds=301)
    with pytest.raises(ReauthenticationRequired):
        account_close_by_owner(session=session, password=None)
    assert list(Session.objects.live()) == [session]
    account_close_by_owner(session=session_of(alice_user), password=None)
    assert not Session.objects.live().exists()


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


def test_a_session_of_the_days_before_is_not_deleted_while_nobody_can_be_told(
    alice_user: User, settings: Settings
) -> None:
    pair = session_open(email=alice_user.email, password=PASSWORD, device="", address="")
    make_due(alice_user)
    with (
        images_answering(settings, purge=204),
        patch.object(revocations, "session_revoke", side_effect=RedisConnectionError),
    ):
        run = accounts_delete_due()
    assert (run.deleted, run.failed) == (0, 1)
    DenyListTeller().look()
    assert session_is_revoked(pair.session_id)
    with images_answering(settings, purge=204):
        assert accounts_delete_due().deleted == 1


def test_who_was_deleted_has_a_receipt_that_counts_and_the_platform_a_digest(
    alice_user: User, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    account_close(user_id=alice_user.id)
    make_due(alice_user)
    counted = Answer(200, {"image_count": 3, "bytes_freed": 7_000})
    with images_answering(settings) as images, monkeypatch.context() as killed:
        images.on("POST", f"{OWNER}/purge", counted)
        killed.setattr(closing, "receipt_make", dies)
        with pytest.raises(SystemExit):
            accounts_delete_due()
        assert User.objects.filter(id=alice_user.id).exists()
        # Images has forgotten by now: what it said before is what counts.
        images.on("POST", f"{OWNER}/purge", Answer(200, {"image_count": 0, "bytes_freed": 0}))
        killed.undo()
        assert accounts_delete_due().deleted == 1
    mail = Mail.objects.get(kind="deletion_receipt")
    assert (mail.recipient, mail.user_id) == (alice_user.email, None)
    content = orjson.loads(opened(SEAL, mail.context))
    receipt = receipt_verify(content["receipt"])
    assert receipt.is_recorded
    assert (receipt.claims["images_deleted"], receipt.claims["bytes_deleted"]) == (3, 7_000)
    assert receipt.claims["sub"] == str(alice_user.id)
    assert receipt.claims["email_sha256"] == email_digest(alice_user.email)
    assert receipt.claims["closed_at"] < receipt.claims["deleted_at"]
    kept = Receipt.objects.values().get()
    assert alice_user.email not in str(kept)
    assert str(alice_user.id) not in str(kept)


def dies(**_facts: object) -> str:
    raise SystemExit


def test_the_owner_hears_of_the_day_and_of_the_way_back(alice_user: User) -> None:
    for _ in range(2):
        account_close(user_id=alice_user.id)
    for _ in range(2):
        account_restore(user_id=alice_user.id)
    kinds = Mail.objects.order_by("id").values_list("kind", "recipient")
    assert list(kinds) == [
        ("deletion_begun", alice_user.email),
        ("deletion_taken_back", alice_user.email),
    ]


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


def test_more_accounts_than_a_batch_are_each_asked_about_once_in_a_run(
    alice_user: User, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "BATCH", 2)
    due = [User(email=f"{n}@example.com", deletion_due_at=timezone.now()) for n in range(5)]
    User.objects.bulk_create(due)
    with images_answering(settings, purge=202) as images:
        assert accounts_delete_due().waiting == 5  # images is not done, so they stay due
        assert len(images.asked("POST", f"{OWNER}/purge")) == 5
    with images_answering(settings, purge=204):
        assert accounts_delete_due().deleted == 5
    assert list(User.objects.all()) == [alice_user]


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
