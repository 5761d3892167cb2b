"""Dangerous acts ask for a recent proof of who somebody is."""

from datetime import timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from accounts import metrics, rate_limits
from accounts.errors import FactorIncorrect, ReauthenticationRequired
from accounts.models import Session
from accounts.services.audit import audit_record
from accounts.services.authenticators import code_right, code_take, code_tried
from accounts.services.factors import session_proved
from accounts.services.passkeys import PasskeyAnswer, PasskeyOptions, passkey_options, passkey_take
from accounts.services.users import password_require

FRESH_S: Final = 300
"""How long after a proof of who somebody is a dangerous act needs no other."""


def fresh_require(session: Session) -> None:
    """Raise `ReauthenticationRequired` unless ``session`` was proved within `FRESH_S`."""
    if session.authenticated_at < timezone.now() - timedelta(seconds=FRESH_S):
        raise ReauthenticationRequired


def reauthenticate_options(*, session: Session, origin: str) -> PasskeyOptions:
    """What the browser is to do with a passkey of the account."""
    return passkey_options(
        "passkey.reauthenticate",
        bound_to=str(session.id),
        origin=origin,
        user_id=session.user_id,
    )


def reauthenticate(
    *,
    session: Session,
    origin: str,
    password: str | None = None,
    code: str | None = None,
    passkey: PasskeyAnswer | None = None,
) -> None:
    """Make ``session`` fresh by one proof.

    Raises `PasswordIncorrect`, `FactorIncorrect`, `ChallengeInvalid` and `RateLimited`.
    """
    if password is not None:
        password_require(session, password, pointer="/password")
        with transaction.atomic():
            _renew(session, "pwd")
        return
    method = "otp" if code is not None else "passkey"
    rate_limits.PASSWORD_BY_SESSION.count(str(session.id)).require()
    if code is not None:
        code_tried(session.user)
    try:
        with transaction.atomic():
            _renew(session, _taken(session, code, passkey, origin=origin))
    except FactorIncorrect as exc:
        metrics.SECOND_FACTORS.labels(method, "refused").inc()
        audit_record(
            "session.fresh",
            user_id=session.user_id,
            by=session.user_id,
            outcome="refused",
            method=method,
            reason=exc.reason,
        )
        raise
    if code is not None:
        code_right(session.user)
    metrics.SECOND_FACTORS.labels(method, "succeeded").inc()


def _taken(
    session: Session, code: str | None, passkey: PasskeyAnswer | None, *, origin: str
) -> str:
    if code is not None:
        code_take(user=session.user, code=code)
        return "otp"
    if passkey is None:
        raise FactorIncorrect
    return passkey_take(
        "passkey.reauthenticate",
        passkey,
        bound_to=str(session.id),
        origin=origin,
        user_id=session.user_id,
    ).method


def _renew(session: Session, method: str) -> None:
    session_proved(session=session, methods=(method,))
    Session.objects.filter(id=session.id).update(authenticated_at=timezone.now())
    audit_record("session.fresh", user_id=session.user_id, by=session.user_id, method=method)
