"""A check of ours for schemathesis: replies have no header that the document does not name."""

from typing import Any, Final

import schemathesis

OF_EVERY_REPLY: Final = frozenset(
    {
        *("cache-control", "connection", "content-length", "content-type", "date", "server"),
        *("content-security-policy", "cross-origin-opener-policy", "referrer-policy", "vary"),
        *("x-content-type-options", "x-frame-options", "allow", "transfer-encoding"),
    }
)
"""HTTP's own, and those that a browser reads and a program does not."""


@schemathesis.check
def headers_are_described(ctx: Any, response: Any, case: Any) -> None:
    """Fail on a header of the reply that its operation does not name."""
    responses = case.operation.definition.raw["responses"]
    described = responses.get(str(response.status_code), {}).get("headers", {})
    known = OF_EVERY_REPLY | {name.lower() for name in described}
    unknown = {name.lower() for name in response.headers} - known
    if str(response.status_code) in responses and unknown:
        raise AssertionError(f"headers that are not described: {', '.join(sorted(unknown))}")
