"""Rate limits of what may be tried without a token, or with a password, and their keys."""

import hashlib
from dataclasses import dataclass
from typing import Final, Literal

from django.conf import settings

from accounts.fields import normalized_email
from accounts.models import User
from platform_site.kit.bounded import Bound
from platform_site.kit.rest.rate_limits import RateDecision, network_of, rate_limit, rate_return


@dataclass(frozen=True, slots=True)
class Policy:
    """At most ``limit`` uses in ``window_s`` seconds by one key.

    ``settings.ACCOUNT_RATE_LIMITS = {scope: (limit, window_s)}`` replaces the numbers.
    """

    scope: str
    limit: int
    window_s: int
    uncounted: Literal["allow", "refuse"] = "refuse"

    def count(self, key: str) -> RateDecision:
        """Count one use by ``key``; the caller decides what a refusal means."""
        limit, window_s = self._numbers()
        return rate_limit(self.scope, key, limit=limit, window_s=window_s, uncounted=self.uncounted)

    def take_back(self, key: str, uses: int = 1) -> None:
        """Count ``uses`` by ``key`` no more."""
        rate_return(self.scope, key, window_s=self._numbers()[1], uses=uses)

    def _numbers(self) -> tuple[int, int]:
        replaced: dict[str, tuple[int, int]] = settings.ACCOUNT_RATE_LIMITS
        return replaced.get(self.scope, (self.limit, self.window_s))


REGISTER_BY_ADDRESS: Final = Policy("register", 20, 3600)
"""Forms that could make an account."""
REGISTER_TRIES_BY_ADDRESS: Final = Policy("register_tries", 300, 3600)
"""Those that could not, too."""
LOGIN_BY_ADDRESS: Final = Policy("login", 300, 300)
LOGIN_BY_ACCOUNT_AND_ADDRESS: Final = Policy("login_account", 10, 900)
"""Wrong passwords of one account from one address; then that address is shut out of it."""
LOGIN_BY_ACCOUNT: Final = Policy("login_slowed", 30, 900)
"""Wrong passwords of one account from everywhere; then each address has `SLOWED_TRIES`."""
SLOWED_TRIES: Final = 3
PASSWORD_BY_SESSION: Final = Policy("password", 10, 900)
REFRESH_BY_ADDRESS: Final = Policy("refresh", 600, 60, uncounted="allow")
JWKS_BY_ADDRESS: Final = Policy("jwks", 600, 60, uncounted="allow")
CLIENT_BY_ADDRESS: Final = Policy("client_token", 120, 60)
HASHES: Final = Bound("hashes", limit=lambda: settings.HASHES_AT_ONCE, wait_s=1.0, waiting=8)
"""Each takes 19 MiB and a core. More at once than there are cores gain nothing."""


@dataclass(frozen=True, slots=True)
class LoginTry:
    """One try at the password of an account, counted before the password is looked at."""

    account: str
    place: str
    decision: RateDecision
    slowed: bool
    """Whether the account is being guessed at from many addresses (docs/adr/0036)."""

    def forget(self) -> None:
        """The password was right: the address has tried nothing, and the account one time less."""
        used = self.decision.limit - self.decision.remaining
        LOGIN_BY_ACCOUNT_AND_ADDRESS.take_back(self.place, used)
        LOGIN_BY_ACCOUNT.take_back(self.account)

    def uncount(self) -> None:
        """Nobody had the time to look at the password, so this was no try."""
        LOGIN_BY_ACCOUNT_AND_ADDRESS.take_back(self.place)
        LOGIN_BY_ACCOUNT.take_back(self.account)


def login_try_count(*, email: str, user: User | None, address: str) -> LoginTry:
    """Count one try at the password of ``email`` from ``address``.

    Tries are counted, not failures, so that a hundred at once cannot slip by together. The counts
    begin anew when the account is unlocked, because the time of that is part of the key; an
    e-mail address without an account is treated just the same.
    """
    since = user.unlocked_at.isoformat() if user and user.unlocked_at else ""
    account = hashlib.sha256(f"{normalized_email(email)}|{since}".encode()).hexdigest()
    place = f"{account}:{network_of(address)}"
    decision = LOGIN_BY_ACCOUNT_AND_ADDRESS.count(place)
    # Counted for the account only where the place may still try: a place that is shut out must
    # not be able to slow its owner down.
    slowed = decision.allowed and not LOGIN_BY_ACCOUNT.count(account).allowed
    if slowed:
        decision = decision.narrowed(min(SLOWED_TRIES, decision.limit))
    return LoginTry(account, place, decision, slowed)
