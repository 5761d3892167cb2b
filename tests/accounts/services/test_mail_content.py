"""What a mail says is what it was queued with, unless its kind is decided late."""

import pytest
from django.utils.module_loading import import_string

from accounts.models import Mail
from accounts.services import mail_content


def test_most_say_what_they_were_queued_with() -> None:
    mail = Mail(kind="security_notice")
    assert mail_content.content_of(mail, {"a": "b"}) == ("security_notice", {"a": "b"})


def test_some_are_decided_when_they_are_sent(db: None) -> None:
    with pytest.raises(mail_content.MailWithdrawn):
        mail_content.content_of(Mail(kind="password_reset", recipient="a@x.example"), {})


@pytest.mark.parametrize("path", mail_content.DECIDED_LATE.values())
def test_who_decides_is_there(path: str) -> None:
    assert callable(import_string(path))
