"""Sending what is in the outbox: each mail is taken by one process, and tried again if need be.

A process that ends between the mail server's answer and the row's change sends that mail twice:
rather that than not at all. Both have one Message-ID.
"""

import smtplib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import orjson
import structlog
from django.core.mail import get_connection
from django.db.models import F
from django.template import TemplateDoesNotExist
from django.utils import timezone

from accounts import metrics
from accounts.mail_messages import PlatformMail, mail_message
from accounts.models import Mail
from accounts.secret_keys import SealBrokenError, opened
from accounts.services.mail_content import MailWithdrawn, content_of
from accounts.services.mails import SEAL

log = structlog.get_logger(__name__)

LEASE_S: Final = 120
"""How long a mail is left to who has taken it; a mail server has `EMAIL_TIMEOUT` for each step."""
FIRST_PAUSE_S: Final = 30
LONGEST_PAUSE_S: Final = 1800
GIVEN_UP_AFTER_S: Final = 3 * 86_400
BATCH: Final = 50


@dataclass(slots=True)
class SendingRun:
    """What one run has done; ``again`` are mails that are tried again later."""

    sent: int = 0
    again: int = 0
    failed: int = 0
    is_down: bool = False
    """Whether the mail server gives no answer, so that the rest has to wait."""


def mails_send() -> SendingRun:
    """Send what is due, over one connection. Repeatable, and safe beside others that do so."""
    run = SendingRun()
    while not run.is_down and (ids := _due_ids()):
        with _connection() as connection:
            for mail_id in ids:
                mail = _take(mail_id)
                if mail is not None:
                    _send(mail, connection, run)
                if run.is_down:
                    break
    metrics.OLDEST_MAIL.set(_oldest_s())
    return run


def _due_ids() -> list[Any]:
    due = Mail.objects.waiting().filter(due_at__lte=timezone.now()).order_by("due_at")
    return list(due.values_list("id", flat=True)[:BATCH])


def _take(mail_id: Any) -> Mail | None:
    """The mail, if nobody else has taken it. No row is locked while a mail server is waited for."""
    now = timezone.now()
    lease = now + timedelta(seconds=LEASE_S)
    due = Mail.objects.waiting().filter(id=mail_id, due_at__lte=now)
    if not due.update(attempts=F("attempts") + 1, due_at=lease):
        return None
    return Mail.objects.get(id=mail_id)


def _send(mail: Mail, connection: Any, run: SendingRun) -> None:
    message = _written(mail, run)
    if message is None:
        return
    try:
        connection.open()
    except (smtplib.SMTPException, OSError, UnicodeError) as exc:
        # Also one that offers no STARTTLS or no login today: that is not this mail's fault, and
        # smtplib has no way to say a password that is not ASCII.
        run.is_down = True
        _put_back(mail, exc, run)
        return
    _hand_over(mail, message, connection, run)


def _written(mail: Mail, run: SendingRun) -> PlatformMail | None:
    """The message; ``None`` for one that is not sent, of which the row then tells."""
    try:
        kind, context = content_of(mail, orjson.loads(opened(SEAL, mail.context)))
        return mail_message(mail, kind=kind, context=context)
    except MailWithdrawn:
        # Most often the address is none of our people's, and so nothing that we may keep.
        Mail.objects.filter(id=mail.id).delete()
        metrics.MAILS.labels(mail.kind, "withdrawn").inc()
    except (SealBrokenError, UnicodeError) as exc:
        run.failed += 1
        _give_up(mail, exc)
    except TemplateDoesNotExist as exc:
        # The next release has queued it; the mails behind it are not to wait for that.
        _put_back(mail, exc, run)
    return None


def _hand_over(mail: Mail, message: PlatformMail, connection: Any, run: SendingRun) -> None:
    try:
        connection.send_messages([message])
    except PERMANENT as exc:
        if _is_refused_for_good(exc):
            run.failed += 1
            _give_up(mail, exc)
        else:
            _put_back(mail, exc, run)
    except (smtplib.SMTPException, OSError) as exc:
        run.is_down = True
        _put_back(mail, exc, run)
    else:
        run.sent += 1
        # What it said, tokens among it, is forgotten.
        Mail.objects.filter(id=mail.id).update(context="", sent_at=timezone.now())
        metrics.MAILS.labels(mail.kind, "sent").inc()


PERMANENT: Final = (
    smtplib.SMTPRecipientsRefused,
    smtplib.SMTPDataError,
    smtplib.SMTPNotSupportedError,
)


def _is_refused_for_good(exc: Exception) -> bool:
    """Whether another try would be refused, too (RFC 5321, 4.2.1): a code of 5xx."""
    if isinstance(exc, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _words in exc.recipients.values())  # noqa: PLR2004
    return not isinstance(exc, smtplib.SMTPDataError) or exc.smtp_code >= 500  # noqa: PLR2004


def _put_back(mail: Mail, exc: Exception, run: SendingRun) -> None:
    if timezone.now() - mail.created_at > timedelta(seconds=GIVEN_UP_AFTER_S):
        run.failed += 1
        _give_up(mail, exc)
        return
    run.again += 1
    pause_s = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2 ** min(mail.attempts - 1, 10))
    due_at = timezone.now() + timedelta(seconds=pause_s)
    Mail.objects.filter(id=mail.id).update(due_at=due_at, error=_reason(exc))
    metrics.MAILS.labels(mail.kind, "again").inc()
    log.warning("mail_put_back", mail_id=str(mail.id), kind=mail.kind, reason=_reason(exc))


def _give_up(mail: Mail, exc: Exception) -> None:
    """Its content stays, sealed: the staff may have it tried once more."""
    log.error("mail_given_up", mail_id=str(mail.id), kind=mail.kind, reason=_reason(exc))
    Mail.objects.filter(id=mail.id).update(failed_at=timezone.now(), error=_reason(exc))
    metrics.MAILS.labels(mail.kind, "failed").inc()


def _reason(exc: Exception) -> str:
    """The kind of the failure, and the server's code; its words may hold the address."""
    code = getattr(exc, "smtp_code", None)
    if isinstance(exc, smtplib.SMTPRecipientsRefused):
        code = next(iter(exc.recipients.values()))[0]
    return f"{type(exc).__name__} {code}" if code else type(exc).__name__


def _oldest_s() -> float:
    oldest = Mail.objects.waiting().order_by("created_at").values_list("created_at").first()
    return (timezone.now() - oldest[0]).total_seconds() if oldest else 0.0


@contextmanager
def _connection() -> Iterator[Any]:
    """One connection for a batch; it is opened by the first mail."""
    with closing(get_connection()) as connection:
        yield connection
