"""What adding and removing a factor brings with it, whatever its kind."""

from uuid import UUID

from django.db import transaction

from accounts import selectors
from accounts.factor_policy import WITH_TWO, methods_joined
from accounts.models import Authenticator, Passkey, RecoveryCode, RememberedDevice, Session, User
from accounts.services.audit import audit_record
from accounts.services.authenticators import (
    authenticator_confirm,
    authenticator_remove,
    code_right,
    code_tried,
)
from accounts.services.mails import mail_queue
from accounts.services.notices import notice_queue
from accounts.services.recovery_codes import recovery_codes_renew
from accounts.services.revocations import sessions_deny, sessions_end
from accounts.services.sessions import sessions_close_all


def otp_confirm(*, session: Session, code: str) -> list[str]:
    """Add the authenticator that was begun; recovery codes when it is the first factor.

    Raises what `authenticator_confirm` raises, and `RateLimited`.
    """
    code_tried(session.user)
    with transaction.atomic():
        authenticator_confirm(user=session.user, code=code)
        codes = factor_added(session=session, method="otp")
    code_right(session.user)
    return codes


def otp_remove(*, session: Session) -> None:
    """Remove the authenticator and end the other sessions. Raises `FactorNotFound`."""
    with transaction.atomic():
        authenticator_remove(session=session)
        ended = factor_removed(session=session)
    sessions_deny(ended)


def factor_added(*, session: Session, method: str) -> list[str]:
    """The session has proved ``method`` by adding it; recovery codes if it is the first factor."""
    session_proved(session=session, methods=(method,))
    notice_queue(user=session.user, act="factor.add")
    if RecoveryCode.objects.filter(user_id=session.user_id).exists():
        return []
    return recovery_codes_renew(user=session.user)


def session_proved(*, session: Session, methods: tuple[str, ...]) -> None:
    """Keep with the session by what else the person has proved who they are."""
    session.methods = methods_joined(session.methods, *methods)
    Session.objects.filter(id=session.id).update(methods=session.methods)


def factor_removed(*, session: Session) -> list[UUID]:
    """End the other sessions and forget remembered browsers; the ids, for `sessions_deny`.

    With the last factor its recovery codes go, and this session has one kind of proof again.
    """
    user = session.user
    notice_queue(user=user, act="factor.remove")
    RememberedDevice.objects.filter(user=user).delete()
    if not selectors.factor_methods(user=user):
        RecoveryCode.objects.filter(user=user).delete()
        words = [word for word in session.methods.split() if word != WITH_TWO]
        Session.objects.filter(id=session.id).update(methods=" ".join(words))
    return sessions_end(Session.objects.filter(user=user).exclude(id=session.id))


def factors_reset(*, user_id: UUID, by: UUID) -> None:
    """Remove every factor of somebody who has lost them, and end all sessions; by the staff."""
    with transaction.atomic():
        for rows in (Authenticator, Passkey, RecoveryCode, RememberedDevice):
            rows.objects.filter(user_id=user_id).delete()
        audit_record("admin.factors_reset", user_id=user_id, by=by)
        user = User.objects.get(id=user_id)
        # Without the place of the request in hand, which is that of the staff.
        mail_queue(
            "security_notice",
            to=user.email,
            language=user.language,
            context={"email": user.email, "act": "admin.factors_reset"},
            user_id=user.id,
        )
    sessions_close_all(user_id=user_id)
