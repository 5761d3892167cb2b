"""Signing in with a password."""

import logging
from functools import lru_cache
from typing import Final, Literal

import structlog
from django.contrib.auth.hashers import check_password, make_password

from accounts import metrics, selectors
from accounts.errors import InvalidCredentials, SecondFactorRequired
from accounts.fields import normalized_email
from accounts.login_tries import LoginTry, login_try_count
from accounts.models import User
from accounts.secret_keys import peppered
from accounts.services.audit import audit_record
from accounts.services.second_step import signed_in_or_challenged
from accounts.services.sessions import TokenPair
from platform_site.kit.bounded import Busy
from platform_site.kit.identifiers import random_token
from platform_site.kit.telemetry.logs import event_write

EMAIL_DIGEST: Final = "audit.email"
log = structlog.get_logger(__name__)
told: Final = logging.getLogger(__name__)
"""For what every sign-in writes: see `event_write`."""


def session_open(
    *, email: str, password: str, device: str, address: str, remembered: str = ""
) -> TokenPair:
    """Sign in with a password. One hash is computed whether or not the address has an account.

    ``remembered`` is what a remembered browser shows. Raises `InvalidCredentials`,
    `SecondFactorRequired` when the password is right and the account has a second factor, or
    `RateLimited` when ``address`` may try no more.
    """
    # Counted before the hash: a hundred guesses at once must not all be looked at first.
    user, tried = login_try(email=email, address=address, remembered=remembered)
    try:
        matches = _password_matches(user, password)
    except Busy:
        tried.uncount()
        raise
    if not matches or user is None or not user.may_sign_in:
        tried.failed()
        sign_in_refused(user=user, email=email, address=address, device=device)
        raise InvalidCredentials
    try:
        pair = signed_in_or_challenged(
            user=user,
            methods=("pwd",),
            device=device,
            address=address,
            remembered=remembered,
        )
    except SecondFactorRequired:
        tried.forget()  # the password was right
        metrics.LOGINS.labels("challenged").inc()
        raise
    except InvalidCredentials:
        sign_in_refused(user=user, email=email, address=address, device=device)
        raise
    tried.forget()
    metrics.LOGINS.labels("succeeded").inc()
    fields = {"user_id": str(user.id), "session_id": str(pair.session_id)}
    event_write(told, logging.INFO, "login_succeeded", fields)
    return pair


def login_try(*, email: str, address: str, remembered: str = "") -> tuple[User | None, LoginTry]:
    """The user of ``email``, and this try at the password, which whoever is right may forget.

    Raises `RateLimited` when ``address`` may try no more, and `LimiterUnavailable`.
    """
    user = selectors.user_by_email(email=email)
    tried = login_try_count(email=email, user=user, address=address, remembered=remembered)
    if not tried.decision.allowed:
        login_refused("slowed" if tried.slowed else "locked")
    tried.decision.require()
    return user, tried


def login_refused(outcome: Literal["refused", "locked", "slowed"]) -> None:
    """Count and log a refused sign-in."""
    metrics.LOGINS.labels(outcome).inc()
    log.info("login_refused", outcome=outcome)


def sign_in_refused(
    *, user: User | None, email: str, address: str | None = None, device: str | None = None
) -> None:
    """Count and record a sign-in whose password was looked at and refused.

    A try that a limit refuses has no entry, only its count: so each entry has cost a slow hash,
    of which a process computes few at once, and a flood of tries is no flood of rows. What was
    typed as the address is kept as a digest only, for it may have been a password.
    """
    login_refused("refused")
    digest = peppered(EMAIL_DIGEST, normalized_email(email))[0]
    audit_record(
        "sign_in",
        user_id=user.id if user else None,
        by=None,
        outcome="refused",
        address=address,
        device=device,
        **({} if user else {"email_digest": digest}),
    )


def _password_matches(user: User | None, password: str) -> bool:
    if user is None:
        check_password(password, _decoy())
        return False
    return user.check_password(password)


@lru_cache(maxsize=1)
def _decoy() -> str:
    """A hash that no password has, checked in the place of one that does not exist."""
    return make_password(random_token())
