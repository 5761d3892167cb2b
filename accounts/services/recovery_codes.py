"""Recovery codes: ten, shown once, each good once."""

import secrets
from typing import Final

from django.db import transaction
from django.utils import timezone

from accounts import selectors
from accounts.errors import FactorIncorrect, FactorNotFound
from accounts.models import RecoveryCode, User
from accounts.secret_keys import peppered
from accounts.services.audit import audit_record

PURPOSE: Final = "recovery_codes"
COUNT: Final = 10
ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32: nothing in it is mistaken for anything else."""
GROUPS: Final = 4
GROUP: Final = 4
"""80 random bits: a peppered digest cannot be guessed from."""
READ_AS: Final = str.maketrans("oil", "011", "- ")


def recovery_codes_renew(*, user: User) -> list[str]:
    """New codes in the place of all former ones, to be shown once.

    Raises `FactorNotFound` when there is no factor whose loss they were for.
    """
    codes = [_code() for _ in range(COUNT)]
    with transaction.atomic():
        # Of two renewals at once only the codes of one are left, and none without a factor.
        selectors.user_held(user_id=user.id)
        if not selectors.factor_methods(user=user):
            raise FactorNotFound
        RecoveryCode.objects.filter(user=user).delete()
        RecoveryCode.objects.bulk_create(
            [RecoveryCode(user=user, digest=peppered(PURPOSE, _read(code))[0]) for code in codes]
        )
        audit_record("recovery_codes.renew", user_id=user.id, by=user.id)
    return codes


def recovery_code_take(*, user: User, code: str) -> None:
    """Use up ``code``: of several uses at once one goes on. Raises `FactorIncorrect`."""
    unused = RecoveryCode.objects.filter(
        user=user, used_at=None, digest__in=peppered(PURPOSE, _read(code))
    )
    if not unused.update(used_at=timezone.now()):
        raise FactorIncorrect
    audit_record("recovery_codes.use", user_id=user.id, by=user.id)


def _code() -> str:
    groups = ("".join(secrets.choice(ALPHABET) for _ in range(GROUP)) for _ in range(GROUPS))
    return "-".join(groups)


def _read(code: str) -> str:
    """What was meant: case, hyphens and spaces do not count."""
    return code.lower().translate(READ_AS)
