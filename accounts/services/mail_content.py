"""What a mail says when it is sent: most of it was known when it was queued, some is decided now.

Where an answer must not tell whether an address has an account, the request queues the same mail
either way, and what it becomes is decided here, where nobody waits.
"""

from collections.abc import Callable, Mapping
from typing import Final

from accounts.models import Mail

Content = tuple[str, dict[str, str]]
"""The kind, which names the template, and the template's context."""


class MailWithdrawn(Exception):
    """There is nothing to be said to this address."""


DECIDED_LATE: Final[dict[str, Callable[[Mail, Mapping[str, str]], Content]]] = {}
"""By the kind that was queued."""


def content_of(mail: Mail, context: dict[str, str]) -> Content:
    """What ``mail`` says. Raises `MailWithdrawn`."""
    decide = DECIDED_LATE.get(mail.kind)
    return decide(mail, context) if decide else (mail.kind, context)
