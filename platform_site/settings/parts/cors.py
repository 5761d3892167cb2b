"""Pages of other origins that may use the API and the pictures; nobody's unless they are named."""

from platform_site.kit import env
from platform_site.kit.rest.cors import Sharing

_API = Sharing(
    origins=env.origins(
        "CORS_ORIGINS",
        about="Origins whose pages may use the API with a token of their own; never by cookie.",
    ),
    methods=("GET", "HEAD", "POST", "PATCH", "DELETE"),
    headers=(
        *("Authorization", "Content-Type", "Idempotency-Key", "If-Match", "If-None-Match"),
        *("Prefer", "X-Request-ID", "traceparent", "tracestate"),
    ),
    exposed=(
        *("ETag", "Location", "Retry-After", "RateLimit", "RateLimit-Policy", "X-Request-ID"),
        *("Idempotency-Replayed", "Preference-Applied", "WWW-Authenticate"),
    ),
)
_PICTURES = Sharing(
    origins=env.origins(
        "PICTURE_CORS_ORIGINS",
        about="Origins whose pages may read the bytes of pictures, in a canvas say; * is all.",
        is_any_allowed=True,
    ),
    methods=("GET", "HEAD"),
    headers=("Range", "If-Range", "If-None-Match", "X-Request-ID", "traceparent"),
    exposed=(
        *("ETag", "Content-Length", "Content-Range", "Content-Disposition", "Accept-Ranges"),
        *("Retry-After", "X-Request-ID"),
    ),
)
# By the first part of a path.
SHARED_PATHS = {"api": _API, "auth": _API, ".well-known": _API, "i": _PICTURES}
