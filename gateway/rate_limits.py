"""How many requests a caller may send: reads and writes are counted apart, by the minute.

A dead counter store closes nothing here: what is still served is bounded by the owner's quota and
the size of a body. It is mostly reads, since without the deny list of sessions, which lives in the
same cache, the kit refuses every change.
"""

from typing import Final

from django.conf import settings
from rest_framework.permissions import SAFE_METHODS

from gateway.metrics import RATE_LIMITED
from gateway.permissions import counted_as
from platform_site.kit.rest.hot_reads import AnyRequest
from platform_site.kit.rest.rate_limits import RateDecision, rate_limit

WINDOW_S: Final = 60


def request_count(request: AnyRequest) -> RateDecision:
    """Count ``request`` against its caller's limit. Raises the kit's ``RateLimited`` over it."""
    kind = "reads" if request.method in SAFE_METHODS else "writes"
    decision = rate_limit(kind, counted_as(request), limit=_limit(kind), window_s=WINDOW_S)
    if not decision.allowed:
        RATE_LIMITED.labels(kind).inc()
    decision.require()
    return decision


def _limit(kind: str) -> int:
    reads, writes = settings.GATEWAY_READS_PER_MINUTE, settings.GATEWAY_WRITES_PER_MINUTE
    return int(reads if kind == "reads" else writes)
