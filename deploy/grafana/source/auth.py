"""Auth: sign-ins, tokens and what is refused."""

from typing import Final

from deploy.grafana.source.panels import (
    ORANGE,
    RED,
    Board,
    Panel,
    Query,
    Row,
    number,
    quantile,
    rate,
    requests_panels,
)

_SIGN_INS: Final = Row(
    "Sign-ins and tokens",
    (
        number(
            "Sign-ins refused",
            "Share of sign-ins of the last interval with a wrong address or password.",
            "percentunit",
            'sum(rate(accounts_logins_total{outcome="refused"}[$__rate_interval])) '
            "/ sum(rate(accounts_logins_total[$__rate_interval]))",
            width=6,
            decimals=1,
            steps=((0.3, ORANGE), (0.6, RED)),
            runbook="security.md#accountslockedout",
        ),
        number(
            "Locked out",
            "Sign-ins refused in the last hour because of too many tries.",
            "short",
            'sum(increase(accounts_logins_total{outcome=~"locked|slowed"}[1h])) or vector(0)',
            width=6,
            decimals=0,
            steps=((1, ORANGE), (20, RED)),
            runbook="security.md#accountslockedout",
        ),
        number(
            "Refresh tokens reused",
            "Used refresh tokens that came again in the last hour, each of which ended its "
            "session.",
            "short",
            'sum(increase(accounts_refreshes_total{outcome="reused"}[1h])) or vector(0)',
            width=6,
            decimals=0,
            steps=((1, RED),),
            runbook="security.md#refreshtokenreused",
        ),
        number(
            "Sign-in, 95 %",
            "95 % of sign-ins took less. Most of it is the password hash, which is slow on "
            "purpose.",
            "s",
            quantile(0.95, "http_request_seconds", "role", 'role="auth",route="/auth/login"'),
            width=6,
            decimals=2,
            steps=((0.5, ORANGE), (1.0, RED)),
            runbook="latency.md#latencyburnsfast",
        ),
        Panel(
            "Sign-ins by outcome",
            "Sign-ins each second. `locked`, `slowed`: a network has tried too often, and waits.",
            "ops",
            (Query(rate("accounts_logins_total", "outcome"), "{{outcome}}"),),
            kind="areas",
            width=8,
            runbook="security.md#accountslockedout",
        ),
        Panel(
            "Refreshes by outcome",
            "Refreshes each second. `repeated` is a second use within the grace period, `reused` a "
            "later one: theft, or a broken client.",
            "ops",
            (Query(rate("accounts_refreshes_total", "outcome"), "{{outcome}}"),),
            kind="areas",
            width=8,
            runbook="security.md#refreshtokenreused",
        ),
        Panel(
            "Tokens issued",
            "Tokens signed each second, for people (access) and for roles (service).",
            "ops",
            (Query(rate("accounts_tokens_issued_total", "kind"), "{{kind}}"),),
            kind="areas",
            width=8,
        ),
        Panel(
            "Second factors by method",
            "Codes, passkeys, recovery codes and remembered browsers shown each second. `limited`: "
            "too many tries, by somebody who knows the password.",
            "ops",
            (
                Query(
                    rate("accounts_second_factors_total", "method, outcome"),
                    "{{method}} {{outcome}}",
                ),
            ),
            width=24,
            runbook="security.md#secondfactorsguessed",
        ),
        Panel(
            "Tokens refused by service",
            "Responses with 401 each second, wherever a token was presented.",
            "reqps",
            (Query(rate("http_requests_total", "role", 'status="401"'), "{{role}}"),),
            runbook="security.md#tokensrefused",
        ),
        Panel(
            "Refused as busy",
            "Requests refused each second with 503 `busy`, by what there was too much of: hashes "
            "of passwords, long bodies, pictures sent.",
            "reqps",
            (Query(rate("bounded_refused_total", "job, bound"), "{{job}} {{bound}}"),),
            runbook="roles.md#toobusy",
        ),
        Panel(
            "Lists of passwords tried",
            "Accounts each second of which a network had a password wrong, after ten others within "
            "the hour.",
            "ops",
            (Query("sum(rate(accounts_logins_spread_total[$__rate_interval]))", "accounts"),),
            width=24,
            runbook="security.md#credentialstuffing",
        ),
        Panel(
            "Sign-ins through providers",
            "Returns from providers of single sign-on, and beginnings that failed, each second. "
            "`failed`: the provider gave no answer, or one that cannot be believed.",
            "ops",
            (
                Query(
                    "sum by (provider, outcome) (rate(accounts_sso_total[$__rate_interval])) "
                    "or vector(0)",
                    "{{provider}} {{outcome}}",
                ),
            ),
            kind="areas",
            width=24,
            runbook="security.md#ssoproviderfails",
        ),
        Panel(
            "Mails by outcome",
            "Mails each second. `again`: the mail server did not take it, and it is tried later; "
            "`failed`: given up; `dropped`: no mail server is configured.",
            "ops",
            (Query(rate("accounts_mails_total", "outcome"), "{{outcome}}"),),
            kind="areas",
            runbook="security.md#mailwaits",
        ),
        Panel(
            "Oldest mail that waits",
            "Age of the oldest mail that is neither sent nor given up.",
            "s",
            (Query("max(accounts_mail_oldest_seconds)", "oldest"),),
            steps=((300, ORANGE), (1800, RED)),
            runbook="security.md#mailwaits",
        ),
        Panel(
            "Links of mails",
            "Links for a verified address, a new password and another address each second. "
            "`forged`: guessed; `gone`: used before or too old; `stale`: the account has changed.",
            "ops",
            (Query(rate("accounts_links_total", "purpose, outcome"), "{{purpose}} {{outcome}}"),),
            kind="areas",
        ),
        Panel(
            "Accounts closed",
            "Accounts that their owners or the staff close each hour, and take back. Housekeeping "
            "deletes them, and serves no metrics.",
            "short",
            (
                Query(
                    "sum by (outcome) (increase(accounts_closings_total[1h]))",
                    "{{outcome}}",
                ),
            ),
            kind="areas",
            runbook="kubernetes.md#housekeepingsilent",
        ),
        Panel(
            "Breached passwords",
            "Passwords looked up each second. `unavailable`: no answer, and nothing was refused.",
            "ops",
            (Query(rate("accounts_breach_lookups_total", "outcome"), "{{outcome}}"),),
            kind="areas",
        ),
        Panel(
            "API keys exchanged",
            "API keys that the gateway has asked about each second; it asks about each once a "
            "minute. `refused`: unknown, expired or revoked.",
            "ops",
            (Query(rate("accounts_api_keys_exchanges_total", "outcome"), "{{outcome}}"),),
            width=12,
            runbook="security.md#tokensrefused",
        ),
        Panel(
            "Entries of the audit",
            "What the web processes of auth and the admin record each second, by act.",
            "ops",
            (Query(rate("accounts_audit_entries_total", "act, outcome"), "{{act}} {{outcome}}"),),
            kind="areas",
        ),
        Panel(
            "Audit unsigned for",
            "For how long the audit was not verified, exported and signed, which is done daily.",
            "s",
            (Query("max(accounts_audit_head_age_seconds)", "last head"),),
            steps=((86_400, ORANGE), (90_000, RED)),
            runbook="security.md#auditunverified",
        ),
        Panel(
            "Audit sent to the webhook",
            "Batches of entries each second. `failed`: no answer, or one of the moment; `refused`: "
            "the receiver says that the request is wrong.",
            "ops",
            (
                Query(
                    "sum by (outcome) (rate(accounts_audit_deliveries_total[$__rate_interval])) "
                    "or vector(0)",
                    "{{outcome}}",
                ),
            ),
            kind="areas",
            runbook="security.md#auditnotdelivered",
        ),
        Panel(
            "Oldest entry not taken",
            "Age of the oldest entry of the audit that its webhook has not taken; 0 without one.",
            "s",
            (Query("max(accounts_audit_undelivered_seconds)", "oldest"),),
            steps=((300, ORANGE), (1800, RED)),
            runbook="security.md#auditnotdelivered",
        ),
        Panel(
            "Images not in the audit for",
            "For how long not all that images deleted for good could be taken into the audit.",
            "s",
            (Query("max(accounts_audit_images_behind_seconds)", "behind"),),
            steps=((300, ORANGE), (1800, RED)),
            runbook="security.md#auditlacksimages",
        ),
        Panel(
            "Removal overdue",
            "For how long the oldest closed account, and the oldest expired session, should be "
            "gone. Housekeeping runs every hour, and an account goes after its images.",
            "s",
            (Query("max by (kind) (accounts_removal_overdue_seconds)", "{{kind}}"),),
            steps=((14_400, ORANGE), (86_400, RED)),
            runbook="kubernetes.md#removaloverdue",
        ),
        Panel(
            "Database time",
            "95 % of the queries of auth were faster than this.",
            "s",
            (
                Query(
                    quantile(0.95, "django_db_query_duration_seconds", "vendor", 'job="auth"'),
                    "{{vendor}}",
                ),
            ),
            steps=((0.05, ORANGE), (0.1, RED)),
            runbook="data.md#transactionhangs",
        ),
    ),
)

BOARD: Final = Board(
    "auth",
    "Auth",
    "Who signs in, which tokens are issued, and what is refused.",
    (_SIGN_INS, Row("Requests", requests_panels("auth"))),
)
