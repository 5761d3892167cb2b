"""Showing that mail to an address reaches the person whose account it is."""

from collections.abc import Mapping

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts import rate_limits, selectors
from accounts.errors import EmailUnverified
from accounts.models import Mail, User
from accounts.services.audit import audit_record
from accounts.services.links import link_issue, link_url, link_use
from accounts.services.mail_content import Content, MailWithdrawn
from accounts.services.mails import mail_queue, mails_require

log = structlog.get_logger(__name__)

PURPOSE = "email_verify"
KIND = "email_verification"
PAGE = "verify-email"


def verification_send(*, user: User) -> None:
    """Send the link again; nothing for an address that is verified.

    Raises `MailUnavailable` and `RateLimited`.
    """
    mails_require()
    if user.email_verified_at is not None:
        return
    rate_limits.mailbox_count(user.email).require()
    _queue(user)


def email_verify(*, token: str) -> None:
    """Believe that the address is its owner's. Raises `LinkInvalid`."""
    with transaction.atomic():
        user = link_use(PURPOSE, token).user
        address_verified(user)
    log.info("email_verified", user_id=str(user.id))


def address_verified(user: User) -> None:
    """Note that mail to the address of ``user`` has reached its owner, once for each address."""
    unverified = User.objects.filter(id=user.id, email=user.email, email_verified_at=None)
    if unverified.update(email_verified_at=timezone.now()):
        audit_record("email.verify", user_id=user.id, by=user.id)


def verification_require(user: User) -> None:
    """Whether ``user`` may come in with this address. Raises `EmailUnverified`, with a new link.

    For accounts that came by registration, where ``EMAIL_VERIFICATION`` is required. To be asked
    only once the person has proved who they are: the answer tells that there is an account.
    """
    if settings.EMAIL_VERIFICATION != "required" or not user.must_verify_email:
        return
    if user.email_verified_at is not None:
        return
    if rate_limits.mailbox_count(user.email).allowed:
        _queue(user)
    raise EmailUnverified


def _queue(user: User) -> None:
    mail_queue(KIND, to=user.email, language=user.language, context={}, user_id=user.id)


def registration_content(mail: Mail, context: Mapping[str, str]) -> Content:
    """The link for the account that was made, or word of the one that was there.

    Raises `MailWithdrawn`.
    """
    user = selectors.user_by_email(email=mail.recipient)
    if user is None or not user.is_active:
        raise MailWithdrawn
    if str(user.id) == context["candidate"]:
        return verification_content(mail, context)
    # In the language of the person whose account it is, not of whoever has filled in the form.
    mail.language = user.language
    return "account_exists", {**context, "email": user.email}


def verification_content(mail: Mail, context: Mapping[str, str]) -> Content:
    """The link, unless the address has been verified meanwhile. Raises `MailWithdrawn`."""
    user = selectors.user_by_email(email=mail.recipient)
    if user is None or user.email_verified_at is not None:
        raise MailWithdrawn
    link = link_url(PAGE, link_issue(PURPOSE, user_id=user.id), origin=context["origin"])
    return KIND, {**context, "email": user.email, "link": link}
