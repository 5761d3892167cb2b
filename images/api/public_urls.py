"""URLs as the public writes them: this role is asked under a host and a path of its own."""

import re
from typing import Final

from django.conf import settings

from platform_site.kit.rest.hot_reads import AnyRequest
from platform_site.kit.rest.problems import InvalidRequest

PUBLIC_ROOT: Final = "/api/v1"
INTERNAL_ROOT: Final = "/internal/v1"
HEADER: Final = "X-Public-Origin"
ORIGIN: Final = re.compile(
    r"https?://(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?",
    re.ASCII | re.IGNORECASE,
)
"""Scheme, host and port: a path, a name or a query here would be written into every link."""


def origin_of(request: AnyRequest) -> str:
    """The origin that the public asks: ``PUBLIC_URL``, or what the calling role says it was.

    Views that use it let only roles in, so nobody else chooses where links lead. Raises
    `InvalidRequest` when the header is missing or is no origin.
    """
    if settings.PUBLIC_URL:
        return str(settings.PUBLIC_URL).rstrip("/")
    said: str = request.META.get("HTTP_X_PUBLIC_ORIGIN", "")
    if not ORIGIN.fullmatch(said):
        raise InvalidRequest(f"{HEADER} must be the origin that the public asked.")
    return said


def image_url(image_id: object, *, origin: str) -> str:
    """Where the public finds the image."""
    return f"{origin}{PUBLIC_ROOT}/images/{image_id}"


def neighbour_url(request: AnyRequest, cursor: str | None) -> str | None:
    """The public URL of the page at ``cursor``, with the filters of ``request``."""
    if cursor is None:
        return None
    query = request.query_params.copy()
    query["cursor"] = cursor
    # The same below both roots, by the decision that what is answered here is passed on as it is.
    path = request.path.removeprefix(INTERNAL_ROOT)
    return f"{origin_of(request)}{PUBLIC_ROOT}{path}?{query.urlencode()}"
