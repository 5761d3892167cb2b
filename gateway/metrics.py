"""What the gateway counts and times. Labels are roles, routes and outcomes; never ids.

Outcomes that an alert counts begin at 0 with the process.
"""

from typing import Final

from prometheus_client import Counter, Histogram

UPSTREAM_SECONDS: Final = Histogram(
    "gateway_upstream_seconds",
    "Time until another role had answered, by outcome: ok, refused, failed, unavailable.",
    ["role", "outcome"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.3, 1.0, 3.0, 10.0, 60.0),
)
UPLOAD_BYTES: Final = Counter(
    "gateway_uploads_bytes_total", "Bytes of request bodies relayed to images as streams."
)
UPLOADS: Final = Counter(
    "gateway_uploads_total",
    "Uploads by outcome: stored, duplicate, refused, unavailable, interrupted.",
    ["outcome"],
)
IDEMPOTENCY: Final = Counter(
    "gateway_idempotency_total",
    "Requests with an Idempotency-Key by outcome: first, replayed, in_progress, reused, down.",
    ["outcome"],
)
RATE_LIMITED: Final = Counter(
    "gateway_rate_limited_total", "Requests over the limit, by kind: reads, writes.", ["kind"]
)
WAITS: Final = Counter(
    "gateway_process_waits_total",
    "Requests that asked to wait for a job, by outcome: finished, timed_out, full, no_answer.",
    ["outcome"],
)
SERVICE_TOKENS: Final = Counter(
    "gateway_service_token_fetches_total",
    "Service tokens asked from auth, by outcome: fetched, kept, failed.",
    ["outcome"],
)
API_KEYS: Final = Counter(
    "gateway_api_keys_total",
    "API keys by outcome: taken, refused, elsewhere (another address), limited, unavailable.",
    ["outcome"],
)

for _outcome in ("taken", "refused", "elsewhere", "limited", "unavailable"):
    API_KEYS.labels(_outcome)
for _outcome in ("fetched", "kept", "failed"):
    SERVICE_TOKENS.labels(_outcome)
