"""What Prometheus sees of this app. Outcomes that an alert counts begin at 0 with the process."""

from typing import Final

from prometheus_client import Counter

LOGINS: Final = Counter("accounts_logins_total", "Sign-ins by outcome.", ["outcome"])
"""``succeeded``, ``refused`` (address, password or closed account), ``locked`` (too many tries at
the account from one address) or ``slowed`` (likewise, while many addresses try)."""

TOKENS_ISSUED: Final = Counter("accounts_tokens_issued_total", "Tokens signed by kind.", ["kind"])
"""``access`` or ``service``."""

REFRESHES: Final = Counter("accounts_refreshes_total", "Refreshes by outcome.", ["outcome"])
"""``rotated``, ``repeated`` (within the grace period), ``reused`` (ended it) or ``refused``."""

CLOSINGS: Final = Counter(
    "accounts_closings_total", "Accounts closed to be deleted, or taken back.", ["outcome"]
)
"""``closed`` or ``taken_back``."""

for _outcome in ("closed", "taken_back"):
    CLOSINGS.labels(_outcome)
for _outcome in ("succeeded", "refused", "locked", "slowed"):
    LOGINS.labels(_outcome)
for _outcome in ("rotated", "repeated", "reused", "refused"):
    REFRESHES.labels(_outcome)
