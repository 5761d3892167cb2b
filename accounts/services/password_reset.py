"""A new password for whoever reads the mail of the account.

The request looks at no account: it queues the same row for every address, and what becomes of that
is decided by the thread that sends, where nobody can measure it.
"""

from collections.abc import Mapping

import structlog
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts import rate_limits, selectors
from accounts.errors import LinkInvalid
from accounts.models import ApiKey, Mail, Session, User
from accounts.services.api_keys import api_keys_end
from accounts.services.audit import audit_record
from accounts.services.links import link_issue, link_read, link_url, link_use
from accounts.services.mail_content import Content, MailWithdrawn
from accounts.services.mails import mail_queue, mails_require
from accounts.services.notices import notice_queue
from accounts.services.revocations import sessions_deny, sessions_end
from accounts.services.users import password_require_strong
from accounts.services.verification import address_verified

log = structlog.get_logger(__name__)

PURPOSE = "password_reset"
KIND = "password_reset"
PAGE = "reset-password"


def reset_request(*, email: str, counted_as: str) -> None:
    """Send a link to ``email`` if it has an account; the caller cannot tell whether.

    Raises `MailUnavailable`, and `RateLimited` for ``counted_as``, the caller's network. An address
    that has had several mails within the hour gets no further one.
    """
    mails_require()
    rate_limits.RESET_BY_ADDRESS.count(counted_as).require()
    if rate_limits.mailbox_count(email).allowed:
        mail_queue(KIND, to=email, language="en", context={})
    log.info("password_reset_requested")


def reset_confirm(*, token: str, password: str) -> None:
    """Set the password and end every session of the account; its address is verified, too.

    Where that had never been shown, API keys end as well: somebody else may have made them.

    Signs nobody in, so a second factor is asked for at the next sign-in as ever. Raises
    `LinkInvalid`, `InvalidRequest` for a weak password, and `RevocationUnavailable`: the password
    is changed all the same.
    """
    user = link_read(PURPOSE, token).user
    password_require_strong(password, user=user, pointer="/password")
    old_hash, new_hash = user.password, make_password(password)
    with transaction.atomic():
        link_use(PURPOSE, token)
        same = User.objects.filter(id=user.id, password=old_hash)
        changed = same.update(
            password=new_hash,
            unlocked_at=timezone.now(),  # the guesses of others were at the old one
            sign_out_epoch=F("sign_out_epoch") + 1,
        )
        if not changed:
            raise LinkInvalid
        ended = sessions_end(Session.objects.filter(user_id=user.id))
        if user.email_verified_at is None:
            # Until now anybody could have had the account, with somebody else's address.
            ended += api_keys_end(ApiKey.objects.filter(user_id=user.id), by=user.id)
        address_verified(user)
        audit_record("password.reset", user_id=user.id, by=user.id)
        notice_queue(user=user, act="password.reset")
    log.info("password_reset", user_id=str(user.id), sessions_ended=len(ended))
    sessions_deny(ended)


def reset_content(mail: Mail, context: Mapping[str, str]) -> Content:
    """The link, if the address has an account. Raises `MailWithdrawn`."""
    user = selectors.user_by_email(email=mail.recipient)
    if user is None or not user.may_sign_in:
        raise MailWithdrawn
    # To the address of the account, and never to what was typed: two spellings that we take for
    # one could be two mailboxes.
    mail.recipient, mail.language = user.email, user.language
    link = link_url(PAGE, link_issue(PURPOSE, user_id=user.id), origin=context["origin"])
    return KIND, {**context, "email": user.email, "link": link}
