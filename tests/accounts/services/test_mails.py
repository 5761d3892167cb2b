"""The outbox takes what its transaction keeps, and shows nobody what a mail says."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from accounts.models import Mail, User
from accounts.services import mails
from accounts.services.polling import Poller

pytestmark = pytest.mark.django_db
TOKEN = "a-token-that-nobody-else-may-see"


def queued(**changes: str) -> None:
    mails.mail_queue(
        "email_verification",
        to="alice@example.com",
        language=changes.pop("language", "en"),
        context={"email": "alice@example.com", "link": f"https://x.example/#{TOKEN}"},
    )


def test_a_mail_waits_and_its_content_is_sealed(alice_user: User) -> None:
    mails.mail_queue(
        "security_notice", to="a@x.example", language="ar", context={}, user_id=alice_user.id
    )
    queued()
    first, second = Mail.objects.waiting().order_by("id")
    assert (first.kind, first.recipient, first.language, first.user_id) == (
        *("security_notice", "a@x.example", "ar"),
        alice_user.id,
    )
    assert TOKEN not in second.context
    assert second.context


def test_a_language_without_words_is_written_in_english() -> None:
    queued(language="fr")
    assert Mail.objects.get().language == "en"


def test_what_its_transaction_takes_back_is_never_sent() -> None:
    with transaction.atomic():
        queued()
        transaction.set_rollback(True)
    assert Mail.objects.count() == 0


def test_the_sender_is_woken_after_the_commit(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sender = Poller("mails")  # that of the process is woken by every test that sends
    monkeypatch.setattr(mails, "MAILS", sender)
    with django_capture_on_commit_callbacks(execute=True):
        queued()
        assert not sender.is_woken
    assert sender.is_woken


def test_without_a_mail_server_nothing_is_kept(settings: Settings) -> None:
    settings.MAILS_ENABLED = False
    queued()
    assert Mail.objects.count() == 0


def test_old_mails_go_and_waiting_ones_stay(db: None) -> None:
    long_ago = timezone.now() - timedelta(days=mails.KEPT_DAYS, seconds=1)
    for changes in ({"sent_at": long_ago}, {"failed_at": long_ago}, {"sent_at": long_ago}, {}):
        Mail.objects.create(kind="k", recipient="r", language="en", created_at=long_ago, **changes)
    Mail.objects.create(kind="k", recipient="r", language="en", sent_at=timezone.now())
    assert [mails.mails_remove() for _ in range(2)] == [3, 0]
    assert Mail.objects.count() == 2
    assert Mail.objects.waiting().count() == 1
