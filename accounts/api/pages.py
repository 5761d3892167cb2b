"""Lists in pages: what a caller asks with, and the links between pages."""

from typing import Final
from urllib.parse import urlencode

from django.conf import settings
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from platform_site.kit.rest.pagination import LIMIT_DEFAULT, LIMIT_MAX

PAGE_PARAMETERS: Final = (
    OpenApiParameter(
        "limit",
        {"type": "integer", "minimum": 1, "maximum": LIMIT_MAX},
        description=f"Results on a page; {LIMIT_DEFAULT} if left out.",
    ),
    OpenApiParameter("cursor", str, description="From `next` or `previous`."),
)


def page_url(request: Request, limit: int, cursor: str | None, **filters: str) -> str | None:
    """Where the page at ``cursor`` is, by the same ``filters``; ``None`` when there is none."""
    if cursor is None:
        return None
    base: str = settings.PUBLIC_URL or request.build_absolute_uri("/").rstrip("/")
    asked = {"limit": limit, "cursor": cursor, **filters}
    return f"{base}{request.path}?{urlencode(asked)}"
