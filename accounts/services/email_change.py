"""Another e-mail address for an account, once the links in both mails were followed."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final, Literal

import structlog
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import rate_limits, selectors
from accounts.errors import LinkInvalid
from accounts.models import EmailChange, Mail, Session, User
from accounts.services.audit import audit_record
from accounts.services.batches import rows_remove
from accounts.services.freshness import fresh_require
from accounts.services.links import PURPOSES, link_issue, link_url, link_use
from accounts.services.mail_content import Content, MailWithdrawn
from accounts.services.mails import mail_queue, mails_require
from accounts.services.notices import notice_queue
from platform_site.kit.rest.problems import FieldError, InvalidRequest

log = structlog.get_logger(__name__)

PURPOSE: Final = "email_change"
KINDS: Final = {"email_change_old": "old", "email_change_new": "new"}
"""The side at which each mail asks."""
PAGE: Final = "confirm-email"

State = Literal["waiting_for_other", "changed"]


def email_change_begin(*, session: Session, email: str) -> None:
    """Ask at the new address, and at the old one, whether the account is to have ``email``.

    An old address that was never verified is told and not asked: a mistyped one could not answer.
    Whether the new one has an account already is told to that address only. Raises
    `MailUnavailable`, `ReauthenticationRequired`, `RateLimited`, and `InvalidRequest` for the
    address that it has.
    """
    mails_require()
    fresh_require(session)
    user = session.user
    if email == user.email:
        same = FieldError("/email", "email_unchanged", "The account has this address.")
        raise InvalidRequest("The account has this address.", errors=[same])
    rate_limits.mailbox_count(user.email).require()
    may_write = rate_limits.mailbox_count(email).allowed
    is_asked = user.email_verified_at is not None
    with transaction.atomic():
        EmailChange.objects.filter(user=user).delete()
        change = EmailChange.objects.create(
            user=user,
            new_email=email,
            old_confirmed_at=None if is_asked else timezone.now(),
        )
        if is_asked:
            _ask(change, "email_change_old", to=user.email)
        else:
            notice_queue(user=user, act="email.change_begun", new=email)
        if may_write:
            _ask(change, "email_change_new", to=email)
    log.info("email_change_begun", user_id=str(user.id))


def email_change_confirm(*, token: str) -> State:
    """Note that one side agrees; the address changes with the last. Raises `LinkInvalid`."""
    try:
        with transaction.atomic():
            return _confirmed(token)
    except IntegrityError as exc:  # somebody has got an account with the address meanwhile
        raise LinkInvalid from exc


def email_changes_expire() -> int:
    """Forget what nobody has confirmed in time; how many went.

    A mail may go out late, so twice the time that its link lives is waited for.
    """
    long_ago = timezone.now() - timedelta(seconds=2 * PURPOSES[PURPOSE].lifetime_s)
    return rows_remove(EmailChange.objects.filter(created_at__lte=long_ago))


def _confirmed(token: str) -> State:
    link = link_use(PURPOSE, token)
    change = (
        EmailChange.objects.select_for_update()
        .filter(id=link.data["change"], user_id=link.user_id)
        .first()
    )
    if change is None:
        raise LinkInvalid
    setattr(change, f"{link.data['side']}_confirmed_at", timezone.now())
    change.save()
    if change.old_confirmed_at is None or change.new_confirmed_at is None:
        return "waiting_for_other"
    _change(link.user, to=change.new_email)
    change.delete()
    return "changed"


def _change(user: User, *, to: str) -> None:
    now = timezone.now()
    same = User.objects.filter(id=user.id, email=user.email)
    if not same.update(email=to, email_verified_at=now):
        raise LinkInvalid
    audit_record("email.change", user_id=user.id, by=user.id)
    notice_queue(user=user, act="email.change", to=user.email, new=to)
    log.info("email_changed", user_id=str(user.id))


def _ask(change: EmailChange, kind: str, *, to: str) -> None:
    mail_queue(
        kind,
        to=to,
        language=change.user.language,
        context={"change": str(change.id)},
        user_id=change.user_id,
    )


def change_content(mail: Mail, context: Mapping[str, str]) -> Content:
    """The link, or word of the account that the new address has already.

    Raises `MailWithdrawn` when the person has changed their mind.
    """
    found = EmailChange.objects.select_related("user").filter(id=context["change"]).first()
    if found is None:
        raise MailWithdrawn
    side = KINDS[mail.kind]
    holder = selectors.user_by_email(email=found.new_email)
    if side == "new" and holder is not None:
        mail.language = holder.language
        return "account_exists", {**context, "email": holder.email}
    token = link_issue(PURPOSE, user_id=found.user_id, data={"change": str(found.id), "side": side})
    return "email_change", {
        **context,
        "old": found.user.email,
        "new": found.new_email,
        "link": link_url(PAGE, token, origin=context["origin"]),
    }
