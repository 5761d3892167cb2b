"""Tries at the password of an account: by whom, how many, and who has to wait (docs/adr/0090)."""

import hashlib
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import structlog
from django.core.cache import cache

from accounts import metrics, selectors
from accounts.delays import DelayedTry
from accounts.fields import normalized_email
from accounts.models import User
from accounts.rate_limits import (
    ACCOUNTS_BY_NETWORK,
    FIRST_WAIT_S,
    KNOWN_S,
    LOGIN_BY_ACCOUNT,
    LOGIN_BY_ACCOUNT_AND_NETWORK,
    SLOWED_TRIES,
    SLOWED_WAIT_S,
)
from platform_site.kit import shared_cache
from platform_site.kit.identifiers import uuid7
from platform_site.kit.rest.rate_limits import LimiterUnavailable, RateDecision, network_of
from platform_site.kit.rest.shared_counts import CacheChanges

log = structlog.get_logger(__name__)

NOBODY: Final = uuid7()
"""Has no sessions: to look for them takes as long as for those of an account."""


@dataclass(frozen=True, slots=True)
class LoginTry:
    """One try at the password of an account, counted before the password is looked at."""

    account: str
    network: str
    owner: str
    place: DelayedTry
    slowed: bool
    """Whether the account is being guessed at from many networks, of which this is one."""

    @property
    def decision(self) -> RateDecision:
        """Whether the password may be looked at."""
        return self.place.decision

    def forget(self) -> None:
        """The password was right: the network has tried nothing, and is one of the owner's."""
        changes = CacheChanges()
        self.place.forget(changes)
        LOGIN_BY_ACCOUNT.take_back(self.account, changes=changes)
        changes.mark(_known_name(self.owner, self.network), ttl_s=KNOWN_S)
        try:
            changes.send()
        except shared_cache.CacheUnavailable:  # whoever was right comes in all the same
            log.warning("login_try_not_forgotten")

    def uncount(self) -> None:
        """Nobody had the time to look at the password, so this was no try."""
        self.place.uncount()
        LOGIN_BY_ACCOUNT.take_back(self.account)

    def failed(self) -> None:
        """The password was wrong; a network that has many accounts wrong is told of."""
        if self.place.used == 1 and not ACCOUNTS_BY_NETWORK.count(self.network).allowed:
            metrics.LOGINS_SPREAD.inc()
            log.warning("login_spread")


def login_try_count(
    *, email: str, user: User | None, address: str, remembered: str = ""
) -> LoginTry:
    """Count one try at the password of ``email`` from ``address``.

    ``remembered`` is what a remembered browser shows: one that is the owner's is counted by itself,
    wherever it is, and so waits for nobody who guesses, not even behind the same address.

    Tries are counted, not failures, so that a hundred at once cannot slip by together. The counts
    begin anew when the account is unlocked, because the time of that is part of the key; an
    e-mail address without an account is treated just the same. Raises `LimiterUnavailable`.
    """
    since = user.unlocked_at.isoformat() if user and user.unlocked_at else ""
    account = _digest(f"{normalized_email(email)}|{since}")
    # Part of the name is the password: who knew an earlier one is a stranger after its change.
    owner = _digest(f"{normalized_email(email)}|{user.password if user else ''}")
    network, user_id = network_of(address), user.id if user else NOBODY
    device = selectors.remembered_device(user_id=user_id, token=remembered)
    if device is not None:
        tried = _tried_at(f"{account}:device:{device.id}", slowed=False)
        if tried.decision.allowed:
            LOGIN_BY_ACCOUNT.count(account)
        return LoginTry(account, network, owner, tried, slowed=False)
    slowed = LOGIN_BY_ACCOUNT.is_used_up(account)
    if slowed:
        slowed = not _is_known(user_id, owner, network)
    tried = _tried_at(f"{account}:{network}", slowed=slowed)
    # Counted for the account only where the network may still try: who has to wait must not be
    # able to slow others down.
    if tried.decision.allowed and not LOGIN_BY_ACCOUNT.count(account).allowed and not slowed:
        slowed = not _is_known(user_id, owner, network)
        if slowed and not 0 < tried.used <= SLOWED_TRIES:  # became so while this one was counted
            tried = LOGIN_BY_ACCOUNT_AND_NETWORK.delay(
                tried.delay.key, first_s=SLOWED_WAIT_S, at_most=SLOWED_TRIES
            ).begin()
    return LoginTry(account, network, owner, tried, slowed)


def _tried_at(key: str, *, slowed: bool) -> DelayedTry:
    first_s, at_most = (SLOWED_WAIT_S, SLOWED_TRIES) if slowed else (FIRST_WAIT_S, None)
    return LOGIN_BY_ACCOUNT_AND_NETWORK.delay(key, first_s=first_s, at_most=at_most).count()


def _is_known(user_id: UUID, owner: str, network: str) -> bool:
    """Whether the owner signed in at ``network``, or used a session there, in the last 30 days."""
    try:
        marked = shared_cache.query(lambda: cache.get(_known_name(owner, network)))
    except shared_cache.CacheUnavailable as exc:
        raise LimiterUnavailable(retry_after_s=1) from exc
    used = selectors.addresses_of_user(user_id=user_id, within_s=KNOWN_S)
    return marked is not None or network in map(network_of, used)


def _known_name(owner: str, network: str) -> str:
    return f"known:{owner}:{network}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
