"""Rate limits of what may be tried without a token, or with a password, and their keys."""

import hashlib
from dataclasses import dataclass
from typing import Final, Literal

from django.conf import settings

from accounts.delays import Delay
from accounts.fields import normalized_email
from platform_site.kit.bounded import Bound
from platform_site.kit.rest.rate_limits import RateDecision, rate_limit, rate_return, rate_used
from platform_site.kit.rest.shared_counts import CacheChanges


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

    def take_back(self, key: str, uses: int = 1, *, changes: CacheChanges | None = None) -> None:
        """Count ``uses`` by ``key`` no more, with ``changes`` where there is one."""
        rate_return(self.scope, key, window_s=self._numbers()[1], uses=uses, changes=changes)

    def is_used_up(self, key: str) -> bool:
        """Whether ``key`` has none left in this window; counts nothing."""
        limit, window_s = self._numbers()
        return rate_used(self.scope, key, window_s=window_s) >= limit

    def delay(self, key: str, *, first_s: int, at_most: int | None = None) -> Delay:
        """``limit`` tries by ``key``, or ``at_most`` so many, and then waits."""
        limit, memory_s = self._numbers()
        free = limit if at_most is None else min(at_most, limit)
        return Delay(self.scope, key, free, first_s, memory_s)

    def _numbers(self) -> tuple[int, int]:
        replaced: dict[str, tuple[int, int]] = settings.ACCOUNT_RATE_LIMITS
        return replaced.get(self.scope, (self.limit, self.window_s))


REGISTER_BY_ADDRESS: Final = Policy("register", 20, 3600)
"""Forms that could make an account."""
REGISTER_TRIES_BY_ADDRESS: Final = Policy("register_tries", 300, 3600)
"""Those that could not, too."""
LOGIN_BY_ADDRESS: Final = Policy("login", 300, 300)
LOGIN_BY_ACCOUNT_AND_NETWORK: Final = Policy("login_account", 10, 86_400)
"""Wrong passwords of one account from one network; then each waits longer than the one before."""
LOGIN_BY_ACCOUNT: Final = Policy("login_slowed", 30, 900)
"""Wrong passwords of one account from everywhere; then strangers have `SLOWED_TRIES`."""
SLOWED_TRIES: Final = 3
FIRST_WAIT_S: Final = 1
SLOWED_WAIT_S: Final = 30
ACCOUNTS_BY_NETWORK: Final = Policy("login_accounts", 10, 3600)
"""Accounts of which a network had a password wrong; one that has more goes through a list."""
KNOWN_S: Final = 30 * 86_400
"""How long the network of a sign-in is one of the owner's, whom strangers do not slow down."""
PASSWORD_BY_SESSION: Final = Policy("password", 10, 900)
SECOND_STEP_BY_ADDRESS: Final = Policy("second_step", 300, 300)
FACTOR_BY_CHALLENGE: Final = Policy("factor_challenge", 5, 300)
"""Second factors that are shown with one challenge, right or wrong."""
CODE_BY_ACCOUNT: Final = Policy("factor_code", 10, 900)
"""Wrong codes of an authenticator, of whoever knows the password; recovery codes go on."""
CODE_BY_ACCOUNT_AND_DAY: Final = Policy("factor_code_day", 60, 86_400)
"""Six digits, three of which are right at a time: 60 guesses find one in 5,500 days."""
REFRESH_BY_ADDRESS: Final = Policy("refresh", 600, 60, uncounted="allow")
JWKS_BY_ADDRESS: Final = Policy("jwks", 600, 60, uncounted="allow")
REVOKE_BY_ADDRESS: Final = Policy("revoke", 300, 60, uncounted="allow")
API_KEYS_BY_USER: Final = Policy("api_keys", 60, 3600)
"""Keys made, with those that were revoked since."""
CLIENT_BY_ADDRESS: Final = Policy("client_token", 120, 60, uncounted="allow")
RESET_BY_ADDRESS: Final = Policy("password_reset", 30, 3600)
"""Mails for a new password that one network can have sent."""
RESET_TRIES_BY_ADDRESS: Final = Policy("password_reset_tries", 300, 3600)
LINK_BY_ADDRESS: Final = Policy("link", 60, 900)
"""Links that somebody has followed."""
MAILS_BY_MAILBOX: Final = Policy("mailbox", 5, 3600)
"""Mails that anybody, or one person, can have sent to one address: nobody is to be flooded."""
OPTIONS_BY_ADDRESS: Final = Policy("sign_in_options", 600, 60, uncounted="allow")
SSO_BY_ADDRESS: Final = Policy("sso", 120, 300)
"""Sign-ins through a provider that are begun, and returns: each may be calls to the provider."""
HASHES: Final = Bound("hashes", limit=lambda: settings.HASHES_AT_ONCE, wait_s=1.0, waiting=8)
"""Each takes 19 MiB and a core. More at once than there are cores gain nothing."""


def mailbox_count(email: str) -> RateDecision:
    """Count one mail to ``email``, whether or not that has an account."""
    return MAILS_BY_MAILBOX.count(hashlib.sha256(normalized_email(email).encode()).hexdigest())
