"""Gateway: the public API, and how it finds the roles behind it."""

from typing import Final

from deploy.grafana.source.panels import (
    ORANGE,
    RED,
    Board,
    Panel,
    Query,
    Row,
    quantile,
    rate,
    requests_panels,
)

_BEHIND: Final = Row(
    "Calls to other roles",
    (
        Panel(
            "Calls by outcome",
            "Calls each second by role and outcome. `refused` is a no of that role, `failed` a "
            "fault "
            "of it, `unavailable` no answer at all.",
            "reqps",
            (
                Query(
                    rate("gateway_upstream_seconds_count", "role, outcome"), "{{role}} {{outcome}}"
                ),
            ),
            kind="areas",
            runbook="roles.md#roledown",
        ),
        Panel(
            "Duration of calls, 95 %",
            "95 % of the calls were answered within this time.",
            "s",
            (Query(quantile(0.95, "gateway_upstream_seconds", "role"), "{{role}}"),),
            steps=((0.1, ORANGE), (0.3, RED)),
            runbook="latency.md#latencyburnsfast",
        ),
        Panel(
            "Service tokens",
            "Credentials fetched from auth each minute. `kept`: auth gave none and the old one is "
            "still good; `failed`: it no longer is.",
            "opm",
            (
                Query(
                    "60 * " + rate("gateway_service_token_fetches_total", "outcome"), "{{outcome}}"
                ),
            ),
            runbook="security.md#servicetokenfails",
        ),
        Panel(
            "Tokens refused",
            "Share of requests answered with 401, because the token was missing, old or wrong.",
            "percentunit",
            (
                Query(
                    rate("http_requests_total", "role", 'role="gateway",status="401"')
                    + " / "
                    + rate("http_requests_total", "role", 'role="gateway"'),
                    "401",
                ),
            ),
            steps=((0.1, ORANGE), (0.3, RED)),
            runbook="security.md#tokensrefused",
        ),
    ),
)

_UPLOADS: Final = Row(
    "Uploads and limits",
    (
        Panel(
            "Uploads by outcome",
            "Uploads each second. `interrupted`: the sender went away.",
            "ops",
            (Query(rate("gateway_uploads_total", "outcome"), "{{outcome}}"),),
            kind="areas",
            width=8,
            runbook="availability.md#availabilityburnsfast",
        ),
        Panel(
            "Bytes relayed",
            "Bytes of uploads passed on to images each second.",
            "Bps",
            (Query("sum(rate(gateway_uploads_bytes_total[$__rate_interval]))", "bytes"),),
            width=8,
        ),
        Panel(
            "Over the limit",
            "Requests refused each second because the caller had used up what it may do.",
            "reqps",
            (Query(rate("gateway_rate_limited_total", "kind"), "{{kind}}"),),
            width=8,
            runbook="security.md#tokensrefused",
        ),
        Panel(
            "Waiting for jobs",
            "Requests that asked to wait for their job, by how it ended. `full`: too many waited.",
            "ops",
            (Query(rate("gateway_process_waits_total", "outcome"), "{{outcome}}"),),
            runbook="work.md#peoplewaitforjobs",
        ),
        Panel(
            "API keys",
            "Requests with an API key. `elsewhere`: not from an address of the key; "
            "`unavailable`: a key that is not known here, while auth gave no answer.",
            "ops",
            (Query(rate("gateway_api_keys_total", "outcome"), "{{outcome}}"),),
            runbook="security.md#tokensrefused",
        ),
        Panel(
            "Idempotency keys",
            "Requests with an Idempotency-Key. `replayed`: the answer of the first was given "
            "again.",
            "ops",
            (Query(rate("gateway_idempotency_total", "outcome"), "{{outcome}}"),),
        ),
    ),
)

BOARD: Final = Board(
    "gateway",
    "Gateway",
    "The public API: what it is asked, how it answers, and how the roles behind it answer it.",
    (Row("Requests", requests_panels("gateway")), _BEHIND, _UPLOADS),
)
