"""The authenticator app: one-time passwords by time (RFC 6238), each good once."""

import time
from dataclasses import dataclass
from typing import Final

import pyotp
import segno
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts import rate_limits
from accounts.errors import FactorExists, FactorIncorrect, FactorNotFound
from accounts.models import Authenticator, Session, User
from accounts.secret_keys import opened, sealed
from accounts.services.audit import audit_record

PURPOSE: Final = "authenticator"
STEP_S: Final = 30
STEPS_AROUND: Final = 1
"""Steps before and after the one of our clock of which the password is taken (RFC 6238, 5.2)."""


@dataclass(frozen=True, slots=True, repr=False)
class NewAuthenticator:
    """What is shown once, to be typed or photographed: the secret in base32, URI and QR code."""

    secret: str
    uri: str
    qr_svg: str


def authenticator_begin(*, user: User) -> NewAuthenticator:
    """A new secret, which counts once `authenticator_confirm` has seen a code of it.

    One that was begun and not confirmed is replaced. Raises `FactorExists`.
    """
    secret = pyotp.random_base32()
    kept = sealed(PURPOSE, secret.encode())
    with transaction.atomic():
        _row, made = Authenticator.objects.get_or_create(
            user=user, defaults={"sealed_secret": kept}
        )
        if not made:
            unconfirmed = Authenticator.objects.filter(user=user, confirmed_at=None)
            if not unconfirmed.update(sealed_secret=kept, last_step=0):
                raise FactorExists
        audit_record("factor.begin", user_id=user.id, by=user.id, method="otp")
    # A colon ends the name in what apps read, encoded or not (the key URI format says so).
    issuer = " ".join(settings.TOTP_ISSUER.replace(":", " ").split())
    uri = pyotp.TOTP(secret).provisioning_uri(name=user.email, issuer_name=issuer)
    image = segno.make(uri, error="m").svg_inline(scale=4, border=4, light="#fff")
    return NewAuthenticator(secret, uri, image)


def authenticator_confirm(*, user: User, code: str) -> None:
    """Let the authenticator count: ``code`` shows that the app has its secret.

    Stands in the caller's transaction; the try was counted by `code_tried`. Raises
    `FactorNotFound` when nothing was begun, and `FactorIncorrect`.
    """
    row = Authenticator.objects.filter(user=user, confirmed_at=None).first()
    if row is None:
        raise FactorNotFound
    _step_take(row, code)
    Authenticator.objects.filter(user=user).update(confirmed_at=timezone.now())
    audit_record("factor.add", user_id=user.id, by=user.id, method="otp")


def code_tried(user: User) -> None:
    """Count a try at a code of ``user``, before anything is compared. Raises `RateLimited`."""
    for policy in (rate_limits.CODE_BY_ACCOUNT, rate_limits.CODE_BY_ACCOUNT_AND_DAY):
        policy.count(_counted_as(user)).require()


def code_take(*, user: User, code: str) -> None:
    """Use up ``code`` of the authenticator of ``user``: of several uses at once one goes on.

    The try was counted by `code_tried`. Raises `FactorIncorrect`.
    """
    row = Authenticator.objects.filter(user=user, confirmed_at__isnull=False).first()
    if row is None:
        raise FactorIncorrect
    _step_take(row, code)


def code_right(user: User) -> None:
    """Count the last try no more, after the commit: the count is on the network."""
    for policy in (rate_limits.CODE_BY_ACCOUNT, rate_limits.CODE_BY_ACCOUNT_AND_DAY):
        policy.take_back(_counted_as(user))


def authenticator_remove(*, session: Session) -> None:
    """Forget the authenticator. Stands in the caller's transaction. Raises `FactorNotFound`."""
    count, _ = Authenticator.objects.filter(
        user_id=session.user_id, confirmed_at__isnull=False
    ).delete()
    if not count:
        raise FactorNotFound
    audit_record("factor.remove", user_id=session.user_id, by=session.user_id, method="otp")


def _step_take(row: Authenticator, code: str) -> None:
    totp = pyotp.TOTP(opened(PURPOSE, row.sealed_secret).decode())
    now = int(time.time()) // STEP_S
    steps = range(now - STEPS_AROUND, now + STEPS_AROUND + 1)
    # Each is compared, whichever fits, and in constant time.
    fits = [s for s in steps if pyotp.utils.strings_equal(totp.generate_otp(s), code)]
    # One UPDATE looks and writes: of two uses of one code the second finds a later step.
    taken = bool(fits) and Authenticator.objects.filter(
        user_id=row.user_id, sealed_secret=row.sealed_secret, last_step__lt=fits[-1]
    ).update(last_step=fits[-1])
    if not taken:
        raise FactorIncorrect


def _counted_as(user: User) -> str:
    # As with passwords, unlocking the account begins the counts anew.
    return f"{user.id}|{user.unlocked_at.isoformat() if user.unlocked_at else ''}"
