"""How the refusals of these routes are named in the OpenAPI document."""

from drf_spectacular.utils import OpenApiResponse

INVALID = OpenApiResponse(description="`invalid`, `unknown_field` or `malformed_json`")
UNAUTHENTICATED = OpenApiResponse(
    description="`not_authenticated`, `token_invalid`, `token_expired` or `token_revoked`"
)
FORBIDDEN = OpenApiResponse(
    description="`permission_denied` without the scope; `account_closing`: take it back first"
)
LIMITED = OpenApiResponse(description="`rate_limited`, with `Retry-After`")
UNAVAILABLE = OpenApiResponse(
    description="`limiter_unavailable` or `revocation_unavailable`, with `Retry-After`"
)
NOTHING = OpenApiResponse(description="Done")
