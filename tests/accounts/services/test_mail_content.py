"""What a mail says is what it was queued with, unless its kind is decided late."""

import pytest

from accounts.models import Mail
from accounts.services import mail_content


def test_most_say_what_they_were_queued_with() -> None:
    mail = Mail(kind="security_notice")
    assert mail_content.content_of(mail, {"a": "b"}) == ("security_notice", {"a": "b"})


def test_some_are_decided_when_they_are_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(mail_content.DECIDED_LATE, "k", lambda mail, _context: (mail.kind * 2, {}))
    assert mail_content.content_of(Mail(kind="k"), {"a": "b"}) == ("kk", {})
