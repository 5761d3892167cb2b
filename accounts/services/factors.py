"""What adding and removing a factor brings with it, whatever its kind."""

from uuid import UUID

from django.db import transaction
from django.db.models import F

from accounts import selectors
from accounts.factor_policy import (
    factor_required_of,
    factor_required_of_all,
    methods_joined,
    methods_without_factor,
)
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
from accounts.services.sessions import sessions_end_all


def otp_confirm(*, session: Session, code: str) -> list[str]:
    """Add the authenticator that was begun; recovery codes when it is the first factor.

    Raises what `authenticator_confirm` raises, and `RateLimited`.
    """
    code_tried(session.user)
    with transaction.atomic():
        selectors.user_held(user_id=session.user_id)
        authenticator_confirm(user=session.user, code=code)
        codes = factor_added(session=session, method="otp")
    code_right(session.user)
    return codes


def otp_remove(*, session: Session) -> None:
    """Remove the authenticator, and end what `factor_removed` ends. Raises `FactorNotFound`."""
    with transaction.atomic():
        selectors.user_held(user_id=session.user_id)
        authenticator_remove(session=session)
        ended, held_back = factor_removed(session=session)
    sessions_deny(ended, held_back=held_back)


def factor_added(*, session: Session, method: str) -> list[str]:
    """The session has proved ``method`` by adding it; recovery codes if it is the first factor."""
    session_proved(session=session, methods=(method,))
    notice_queue(user=session.user, act="factor.add")
    if RecoveryCode.objects.filter(user_id=session.user_id).exists():
        return []
    return recovery_codes_renew(user=session.user)


def session_proved(*, session: Session, methods: tuple[str, ...]) -> None:
    """Keep with the session by what else the person has proved who they are.

    Stands in the caller's transaction. What it had proved is read anew: a factor may be gone since.
    """
    row = Session.objects.select_for_update().get(id=session.id)
    session.methods = methods_joined(row.methods, *methods)
    Session.objects.filter(id=session.id).update(methods=session.methods)


def factor_removed(*, session: Session) -> tuple[list[UUID], list[UUID]]:
    """End the other sessions and forget remembered browsers.

    Returns what `sessions_deny` takes: sessions that ended, and API keys that are held back.
    Also second steps that were begun, and the admin's sessions. With the last factor its recovery
    codes go, and what this session has proved by it. Where the policy asks for a factor this
    session ends, too: its access token has rights that nobody has without one. The caller holds
    the account's row (`accounts.selectors.user_held`).
    """
    user = session.user
    notice_queue(user=user, act="factor.remove")
    User.objects.filter(id=user.id).update(sign_out_epoch=F("sign_out_epoch") + 1)
    RememberedDevice.objects.filter(user=user).delete()
    sessions = Session.objects.filter(user=user)
    if selectors.factor_methods(user=user):
        return sessions_end(sessions.exclude(id=session.id)), []
    RecoveryCode.objects.filter(user=user).delete()
    if factor_required_of(user):
        return sessions_end(sessions), _keys_held_back(user.id)
    methods = methods_without_factor(session.methods)
    Session.objects.filter(id=session.id).update(methods=methods)
    return sessions_end(sessions.exclude(id=session.id)), []


def factors_reset(*, user_id: UUID, by: UUID) -> None:
    """Remove every factor of somebody who has lost them, and end all sessions; by the staff."""
    with transaction.atomic():
        user = selectors.user_held(user_id=user_id)
        for rows in (Authenticator, Passkey, RecoveryCode, RememberedDevice):
            rows.objects.filter(user_id=user_id).delete()
        audit_record("admin.factors_reset", user_id=user_id, by=by)
        # Without the place of the request in hand, which is that of the staff.
        mail_queue(
            "security_notice",
            to=user.email,
            language=user.language,
            context={"email": user.email, "act": "admin.factors_reset"},
            user_id=user.id,
        )
        ended, held_back = sessions_end_all(user_id=user_id), _keys_held_back(user_id)
    sessions_deny(ended, held_back=held_back)


def _keys_held_back(user_id: UUID) -> list[UUID]:
    """API keys whose tokens are to end now: no other is given before there is a factor again."""
    if not factor_required_of_all():
        return []
    return list(selectors.api_keys_of_user(user_id=user_id).values_list("id", flat=True))
