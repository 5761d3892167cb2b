"""The outbox: a mail is a row of the transaction that it tells of, and is sent after the commit.

A mail server that is down so loses nothing and holds nobody up. `accounts.services.mail_sending`
sends the rows.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final
from uuid import UUID

import orjson
import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts import metrics
from accounts.errors import MailUnavailable
from accounts.models import Mail, MailQuerySet
from accounts.secret_keys import sealed
from accounts.services.batches import rows_remove
from accounts.services.links import site_origin
from accounts.services.polling import MAILS

log = structlog.get_logger(__name__)

LANGUAGES: Final = ("en", "ar")
SEAL: Final = "mail.context"
KEPT_DAYS: Final = 30
"""How long a mail that was sent or given up is still listed."""


def mails_require() -> None:
    """Refuse what can only go on by a mail. Raises `MailUnavailable` where none is sent."""
    if not settings.MAILS_ENABLED:
        raise MailUnavailable


def mail_queue(
    kind: str,
    *,
    to: str,
    language: str,
    context: Mapping[str, str],
    user_id: UUID | None = None,
) -> None:
    """Have a mail of ``kind`` sent to the address ``to`` once the transaction in hand is committed.

    ``context`` is what its template asks for (``accounts/templates/mails/<kind>.<language>.txt``);
    it may hold links with tokens: it is sealed, and forgotten when the mail is sent. Without a mail
    server (``MAILS_ENABLED``) nothing is kept.
    """
    if not settings.MAILS_ENABLED:
        metrics.MAILS.labels(kind, "dropped").inc()
        log.info("mail_dropped", kind=kind)
        return
    content = {"origin": site_origin(), **context}
    Mail.objects.create(
        kind=kind,
        user_id=user_id,
        recipient=to,
        language=language if language in LANGUAGES else LANGUAGES[0],
        context=sealed(SEAL, orjson.dumps(content)),
    )
    metrics.MAILS.labels(kind, "queued").inc()
    transaction.on_commit(MAILS.wake)


def accepted_language(header: str) -> str:
    """The first of our languages that an ``Accept-Language`` names, else English.

    >>> accepted_language("fr, ar-EG;q=0.9, en;q=0.5")
    'ar'
    """
    names = (word.partition(";")[0].strip().partition("-")[0].lower() for word in header.split(","))
    return next((name for name in names if name in LANGUAGES), LANGUAGES[0])


def mails_retry(mails: MailQuerySet) -> int:
    """Have those of ``mails`` that are not sent tried now; how many these are.

    What a sent one said is forgotten.
    """
    return mails.filter(sent_at=None).update(failed_at=None, due_at=timezone.now())


def mails_remove() -> int:
    """Remove the mails that were sent or given up long ago; how many went."""
    long_ago = timezone.now() - timedelta(days=KEPT_DAYS)
    old = Mail.objects.filter(created_at__lt=long_ago).exclude(sent_at=None, failed_at=None)
    return rows_remove(old)
