"""How often what may be tried without a token, or with a password, and by whom it is counted."""

import hashlib
from dataclasses import dataclass
from typing import Final, Literal

from django.conf import settings

from accounts.fields import normalized_email
from accounts.models import User
from platform_site.kit.limits import RateDecision, rate_limit


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
        replaced: dict[str, tuple[int, int]] = settings.ACCOUNT_RATE_LIMITS
        limit, window_s = replaced.get(self.scope, (self.limit, self.window_s))
        return rate_limit(self.scope, key, limit=limit, window_s=window_s, uncounted=self.uncounted)


REGISTER_BY_ADDRESS: Final = Policy("register", 20, 3600)
LOGIN_BY_ADDRESS: Final = Policy("login", 300, 300)
LOGIN_BY_ACCOUNT: Final = Policy("login_account", 10, 900)
PASSWORD_BY_ACCOUNT: Final = Policy("password", 10, 900)
REFRESH_BY_ADDRESS: Final = Policy("refresh", 600, 60, uncounted="allow")
JWKS_BY_ADDRESS: Final = Policy("jwks", 600, 60, uncounted="allow")
CLIENT_BY_ADDRESS: Final = Policy("client_token", 120, 60)


def login_try_count(*, email: str, user: User | None) -> RateDecision:
    """Count one try at the password of ``email``, before it is looked at.

    Tries are counted, not failures, so that a hundred at once cannot slip by together. The count
    begins anew when the owner signs in, because the time of the last sign-in is part of the key;
    an address without an account is locked just the same.
    """
    since = user.last_login.isoformat() if user and user.last_login else ""
    who = hashlib.sha256(f"{normalized_email(email)}|{since}".encode()).hexdigest()
    return LOGIN_BY_ACCOUNT.count(who)
