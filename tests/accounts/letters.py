"""What a test finds in the mails of the outbox, as the thread that sends would send them."""

import re

from django.core import mail
from django.utils import timezone

from accounts.models import Mail
from accounts.services.mail_sending import mails_send

TOKEN = re.compile(r"/([a-z-]+)#token=(\S+)")


def sent_mails() -> list[mail.EmailMessage]:
    """Send what waits; the mails of this call, in the order in which they were queued."""
    before = len(mail.outbox)
    Mail.objects.waiting().update(due_at=timezone.now())
    mails_send()
    return list(mail.outbox[before:])


def subjects() -> list[tuple[str, str]]:
    """As `sent_mails`: to whom, and the subject."""
    return [(letter.to[0], str(letter.subject)) for letter in sent_mails()]


def token_of(letter: mail.EmailMessage, page: str) -> str:
    """The token of the link to ``page`` in a mail."""
    (found,) = TOKEN.findall(str(letter.body))
    assert found[0] == page
    return str(found[1])
