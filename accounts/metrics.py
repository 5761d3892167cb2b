"""What Prometheus sees of this app."""

from typing import Final

from prometheus_client import Counter

LOGINS: Final = Counter("accounts_logins_total", "Sign-ins by outcome.", ["outcome"])
"""``succeeded``, ``refused`` (address, password or closed account) or ``locked``."""

TOKENS_ISSUED: Final = Counter("accounts_tokens_issued_total", "Tokens signed by kind.", ["kind"])
"""``access`` or ``service``."""

REFRESHES: Final = Counter("accounts_refreshes_total", "Refreshes by outcome.", ["outcome"])
"""``rotated``, ``repeated`` (within the grace period), ``reused`` (ended it) or ``refused``."""
