"""What Prometheus sees of this app. Outcomes that an alert counts begin at 0 with the process."""

from typing import Final, Literal, get_args

from prometheus_client import Counter, Gauge

LOGINS: Final = Counter("accounts_logins_total", "Sign-ins by outcome.", ["outcome"])
"""``succeeded``, ``challenged`` (asked for a second factor), ``refused`` (address, password or
closed account), ``locked`` (the network has tried too often and has to wait) or ``slowed``
(likewise, while many networks try)."""

LOGINS_SPREAD: Final = Counter(
    "accounts_logins_spread_total",
    "Accounts of which a network had a password wrong, after ten others within the hour.",
)

TOKENS_ISSUED: Final = Counter("accounts_tokens_issued_total", "Tokens signed by kind.", ["kind"])
"""``access`` or ``service``."""

REFRESHES: Final = Counter("accounts_refreshes_total", "Refreshes by outcome.", ["outcome"])
"""``rotated``, ``repeated`` (within the grace period), ``reused`` (ended it) or ``refused``."""

CLOSINGS: Final = Counter(
    "accounts_closings_total", "Accounts closed to be deleted, taken back, or deleted.", ["outcome"]
)
"""``closed``, ``taken_back`` or ``deleted``."""

MAILS: Final = Counter("accounts_mails_total", "Mails by kind and outcome.", ["kind", "outcome"])
"""``queued``, then ``sent``, ``withdrawn`` (nothing to say to that address), ``again`` (put back
after a failure) or ``failed`` (given up); ``dropped`` where no mail server is configured."""

LinkOutcome = Literal["issued", "used", "forged", "gone", "closed", "stale"]
LINKS: Final = Counter(
    "accounts_links_total", "Links of mails by purpose and outcome.", ["purpose", "outcome"]
)
"""``issued``, then ``used``; or refused as ``forged`` (not signed by us), ``gone`` (used before, or
too old), ``closed`` (the account is) or ``stale`` (what it would change has changed)."""

BREACH_LOOKUPS: Final = Counter(
    "accounts_breach_lookups_total", "Passwords looked up among breached ones.", ["outcome"]
)
"""``found``, ``absent``, or ``unavailable``: no answer, and so nothing was refused."""

OLDEST_MAIL: Final = Gauge(
    "accounts_mail_oldest_seconds",
    "Age of the oldest mail that is neither sent nor given up; 0 without any.",
    multiprocess_mode="mostrecent",
)
REMOVAL_OVERDUE: Final = Gauge(
    "accounts_removal_overdue_seconds",
    "For how long the oldest row that housekeeping should remove has been due; 0 without any.",
    ["kind"],
    multiprocess_mode="mostrecent",
)
"""``account`` (closed, and its day has come) or ``session`` (expired)."""

AUDIT_ENTRIES: Final = Counter(
    "accounts_audit_entries_total", "Entries of the audit by act and outcome.", ["act", "outcome"]
)
"""Acts are words of the sources, and ``admin.`` with the kind of a page; outcomes are
``succeeded`` and ``refused``. Housekeeping serves no metrics, so what it records is not counted."""

AUDIT_HEAD_AGE: Final = Gauge(
    "accounts_audit_head_age_seconds",
    "For how long the audit has not been verified, exported and signed; 0 while it is empty.",
    multiprocess_mode="mostrecent",
)
AUDIT_IMAGES_BEHIND: Final = Gauge(
    "accounts_audit_images_behind_seconds",
    "For how long not all that images did for good could be taken into the audit; 0 while it can.",
    multiprocess_mode="mostrecent",
)
AUDIT_DELIVERIES: Final = Counter(
    "accounts_audit_deliveries_total", "Batches sent to the audit's webhook.", ["outcome"]
)
"""``delivered``, ``failed`` (no answer, or one of the moment) or ``refused`` (a 4xx)."""

AUDIT_UNDELIVERED: Final = Gauge(
    "accounts_audit_undelivered_seconds",
    "Age of the oldest entry that the audit's webhook has not taken; 0 without any.",
    multiprocess_mode="mostrecent",
)
SsoOutcome = Literal[
    "signed_in", "signed_up", "linked", "challenged", "denied", "refused", "not_begun", "failed"
]
SSO: Final = Counter(
    "accounts_sso_total", "Sign-ins through a provider by outcome.", ["provider", "outcome"]
)
"""``signed_in``, ``signed_up`` (with a new account), ``linked``, ``challenged`` (for the second
factor), ``denied`` (by the person or the provider), ``refused`` (by a rule of ours), ``not_begun``
(no such attempt) or ``failed`` (no answer of the provider that can be believed)."""


def sso_begin_at_zero(provider_id: str) -> None:
    """Let the series of a provider be there before anything happens."""
    for outcome in get_args(SsoOutcome):
        SSO.labels(provider_id, outcome)


API_KEY_EXCHANGES: Final = Counter(
    "accounts_api_keys_exchanges_total",
    "API keys that the gateway has asked about, by outcome.",
    ["outcome"],
)
"""``exchanged`` or ``refused`` (unknown, expired, revoked, or of an account that has ended)."""

AUDIT_ENTRIES.labels("image.unknown", "refused")
for _kind in ("account", "session"):
    REMOVAL_OVERDUE.labels(_kind)
for _outcome in ("exchanged", "refused"):
    API_KEY_EXCHANGES.labels(_outcome)
for _outcome in ("found", "absent", "unavailable"):
    BREACH_LOOKUPS.labels(_outcome)
SECOND_FACTORS: Final = Counter(
    "accounts_second_factors_total", "Proofs beside a password.", ["method", "outcome"]
)
"""By ``otp``, ``recovery``, ``passkey`` or ``device`` (remembered): ``succeeded``, ``refused``, or
``limited`` (too many tries)."""

for _method in ("otp", "recovery", "passkey", "device"):
    for _outcome in ("succeeded", "refused", "limited"):
        SECOND_FACTORS.labels(_method, _outcome)
for _outcome in ("closed", "taken_back", "deleted"):
    CLOSINGS.labels(_outcome)
for _outcome in ("succeeded", "challenged", "refused", "locked", "slowed"):
    LOGINS.labels(_outcome)
for _outcome in ("rotated", "repeated", "reused", "refused"):
    REFRESHES.labels(_outcome)
