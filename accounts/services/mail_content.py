"""What a mail says when it is sent: most of it was known when it was queued, some is decided now.

Where an answer must not tell whether an address has an account, the request queues the same mail
either way, and what it becomes is decided here, where nobody waits.
"""

from collections.abc import Callable, Mapping
from typing import Final

from django.utils.module_loading import import_string

from accounts.models import Mail

Content = tuple[str, dict[str, str]]
"""The kind, which names the template, and the template's context."""


class MailWithdrawn(Exception):
    """There is nothing to be said to this address."""


DECIDED_LATE: Final = {
    "registration": "accounts.services.verification.registration_content",
    "email_verification": "accounts.services.verification.verification_content",
    "password_reset": "accounts.services.password_reset.reset_content",
    "email_change_old": "accounts.services.email_change.change_content",
    "email_change_new": "accounts.services.email_change.change_content",
}
"""Who decides, by the kind that was queued. By name: they import what queues."""


def content_of(mail: Mail, context: dict[str, str]) -> Content:
    """What ``mail`` says; its language may change. Raises `MailWithdrawn`."""
    if mail.kind not in DECIDED_LATE:
        return mail.kind, context
    decide: Callable[[Mail, Mapping[str, str]], Content] = import_string(DECIDED_LATE[mail.kind])
    return decide(mail, context)
