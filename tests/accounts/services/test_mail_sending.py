"""Each mail goes out once, in both languages, to any address, and no failure loses one."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Mail
from accounts.services import mail_sending
from accounts.services.mails import mail_queue, mails_retry
from tests.accounts.callers import in_parallel
from tests.servers.mail import MailServer, mail_server

pytestmark = pytest.mark.django_db
LINK = "https://photos.example/verify-email#token=abc~def"


def use(server: MailServer, settings: Settings) -> None:
    settings.EMAIL_BACKEND = "accounts.smtp.InternationalBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = server.host, server.port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.DEFAULT_FROM_EMAIL = "Photos <no-reply@photos.example>"
    settings.PUBLIC_URL = "https://photos.example"


@pytest.fixture
def server(settings: Settings) -> Iterator[MailServer]:
    with mail_server() as started:
        use(started, settings)
        yield started


def queued(to: str = "alice@example.com", language: str = "en") -> Mail:
    context = {"old": "old@example.com", "new": to, "link": LINK}
    mail_queue("email_change", to=to, language=language, context=context)
    return Mail.objects.latest("id")


@pytest.mark.parametrize(
    ("language", "direction", "subject"),
    [
        ("en", "ltr", "Confirm your new e-mail address"),
        ("ar", "rtl", "أكّد عنوان بريدك الجديد"),
    ],
)
def test_a_mail_is_sent_in_plain_text_and_html(
    server: MailServer, language: str, direction: str, subject: str
) -> None:
    mail = queued(language=language)
    assert mail_sending.mails_send().sent == 1
    (delivery,) = server.deliveries
    message = delivery.message
    assert (delivery.sender, delivery.recipients) == (
        "no-reply@photos.example",
        ["alice@example.com"],
    )
    assert message["Subject"] == subject
    assert message["From"] == "Photos <no-reply@photos.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Content-Language"] == language
    assert message["Message-ID"] == f"<{mail.id}@photos.example>"
    assert f"\n{LINK}\n" in delivery.text
    assert f'<html lang="{language}" dir="{direction}">' in delivery.html
    assert f'<a href="{LINK}"' in delivery.html
    mail.refresh_from_db()
    assert (mail.context, mail.attempts, mail.sent_at is not None) == ("", 1, True)
    assert mail_sending.mails_send().sent == 0


@pytest.mark.parametrize(
    ("email", "envelope", "options"),
    [
        ("anna@bücher.example", "anna@xn--bcher-kva.example", []),
        ("anna@straße.example", "anna@xn--strae-oqa.example", []),
        ("دعم@مثال.example", "دعم@xn--mgbh0fb.example", ["SMTPUTF8", "BODY=8BITMIME"]),
    ],
)
def test_an_address_of_any_script_is_reached(
    server: MailServer, email: str, envelope: str, options: list[str]
) -> None:
    queued(to=email)
    assert mail_sending.mails_send().sent == 1
    (delivery,) = server.deliveries
    assert delivery.recipients == [envelope]
    assert set(options) <= set(delivery.options)
    assert ("SMTPUTF8" in delivery.options) is bool(options)
    assert str(delivery.message["To"]) == envelope


def test_a_server_that_cannot_write_such_an_address_refuses_it_for_good(
    settings: Settings,
) -> None:
    with mail_server(knows_utf8=False) as server:
        use(server, settings)
        mail = queued(to="دعم@example.com")
        assert mail_sending.mails_send().failed == 1
    mail.refresh_from_db()
    assert mail.error == "SMTPNotSupportedError"
    assert mail.failed_at is not None


def test_a_server_that_is_down_loses_nothing(settings: Settings, server: MailServer) -> None:
    settings.EMAIL_PORT = 9
    mails = [queued(), queued(to="bob@example.com")]
    run = mail_sending.mails_send()
    assert (run.sent, run.again, run.is_down) == (0, 1, True)
    with pytest.raises(CommandError, match="gives no answer"):
        call_command("send_mails")
    for mail in mails:
        mail.refresh_from_db()
        assert (mail.attempts, mail.error) == (1, "ConnectionRefusedError")
        assert mail.due_at > timezone.now() + timedelta(seconds=20)
    settings.EMAIL_PORT = server.port
    Mail.objects.update(due_at=timezone.now())
    assert mail_sending.mails_send().sent == 2
    assert {delivery.recipients[0] for delivery in server.deliveries} == {
        "alice@example.com",
        "bob@example.com",
    }
    assert len({delivery.caller for delivery in server.deliveries}) == 1, "one connection"


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"EMAIL_USE_TLS": True}, "SMTPNotSupportedError"),  # it offers no STARTTLS
        # smtplib can say no other password than one of ASCII
        ({"EMAIL_HOST_USER": "a", "EMAIL_HOST_PASSWORD": "w\u00f6rd"}, "UnicodeEncodeError"),
    ],
)
def test_a_server_to_which_there_is_no_way_gets_nothing_and_loses_nothing(
    server: MailServer, settings: Settings, options: dict[str, Any], error: str
) -> None:
    for name, value in options.items():
        setattr(settings, name, value)
    queued()
    queued()
    run = mail_sending.mails_send()
    assert (run.sent, run.again, run.failed, run.is_down) == (0, 1, 0, True)
    assert not server.deliveries
    assert Mail.objects.waiting().count() == 2
    assert sorted(Mail.objects.values_list("error", flat=True)) == ["", error]


def test_the_pauses_grow_up_to_a_bound_and_after_days_it_is_given_up(
    settings: Settings, server: MailServer
) -> None:
    settings.EMAIL_PORT = 9
    mail = queued()
    pauses = []
    for _try in range(9):
        Mail.objects.update(due_at=timezone.now())
        mail_sending.mails_send()
        mail.refresh_from_db()
        pauses.append(round((mail.due_at - timezone.now()).total_seconds()))
    assert pauses == [30, 60, 120, 240, 480, 960, 1800, 1800, 1800]
    Mail.objects.update(due_at=timezone.now(), created_at=timezone.now() - timedelta(days=4))
    assert mail_sending.mails_send().failed == 1
    mail.refresh_from_db()
    assert mail.failed_at is not None
    settings.EMAIL_PORT = server.port
    assert mails_retry(Mail.objects.all()) == 1
    assert mail_sending.mails_send().sent == 1
    assert mails_retry(Mail.objects.all()) == 0


@pytest.mark.parametrize(
    ("refusal", "outcome", "error"),
    [
        ("550 no such mailbox alice", "failed", "SMTPRecipientsRefused 550"),
        ("450 later", "again", "SMTPRecipientsRefused 450"),
    ],
)
def test_a_refused_address_is_tried_again_only_if_that_may_help(
    server: MailServer, refusal: str, outcome: str, error: str
) -> None:
    mail = queued()
    server.refusal = refusal
    run = mail_sending.mails_send()
    assert (run.failed, run.again) == ((1, 0) if outcome == "failed" else (0, 1))
    mail.refresh_from_db()
    assert mail.error == error
    server.refusal = ""
    queued(to="bob@example.com")
    assert mail_sending.mails_send().sent == 1


def test_a_mail_whose_key_is_lost_is_given_up(settings: Settings, server: MailServer) -> None:
    mail = queued()
    settings.ACCOUNT_KEYS = {"other": "11" * 32}
    assert mail_sending.mails_send().failed == 1
    mail.refresh_from_db()
    assert mail.error == "SealBrokenError"


def test_a_mail_that_cannot_be_written_holds_up_no_other(server: MailServer) -> None:
    """As one to a domain that is no name, or of a kind that only the next release knows."""
    nowhere, unknown, last = queued(to="a@\u2603.example"), queued(), queued(to="bob@example.com")
    Mail.objects.filter(id=unknown.id).update(kind="not_known_yet")
    run = mail_sending.mails_send()
    assert (run.sent, run.failed, run.again, run.is_down) == (1, 1, 1, False)
    assert [delivery.recipients for delivery in server.deliveries] == [["bob@example.com"]]
    for mail in (nowhere, unknown, last):
        mail.refresh_from_db()
    assert (nowhere.failed_at is not None, nowhere.error) == (True, "InvalidCodepoint")
    assert (unknown.failed_at, unknown.error) == (None, "TemplateDoesNotExist")
    assert last.sent_at is not None


@pytest.mark.django_db(transaction=True)
def test_of_many_senders_one_sends_each_mail(server: MailServer) -> None:
    for number in range(10):
        queued(to=f"person{number}@example.com")
    runs = in_parallel(4, lambda _number: mail_sending.mails_send())
    assert sum(run.sent for run in runs) == 10
    assert len({delivery.recipients[0] for delivery in server.deliveries}) == 10
    assert len(server.deliveries) == 10


def test_what_a_process_took_and_did_not_finish_comes_back(server: MailServer) -> None:
    mail = queued()
    assert mail_sending._take(mail.id) is not None
    assert mail_sending.mails_send().sent == 0
    later = timezone.now() + timedelta(seconds=mail_sending.LEASE_S + 1)
    with patch("django.utils.timezone.now", return_value=later):
        assert mail_sending.mails_send().sent == 1


@pytest.mark.parametrize(
    ("password", "sent"), [("the password", 1), ("wrong", 0)], ids=["right", "wrong"]
)
def test_a_server_may_ask_for_a_password(
    server: MailServer, settings: Settings, password: str, sent: int
) -> None:
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "platform", password
    mail = queued()
    run = mail_sending.mails_send()
    assert (run.sent, run.is_down) == (sent, not sent)
    assert server.logins[0] == ("platform", password)
    mail.refresh_from_db()
    assert (mail.sent_at is not None) is bool(sent)
