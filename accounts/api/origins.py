"""Which pages a request belongs to."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from rest_framework.request import Request


def pages_origin(request: HttpRequest | Request) -> str:
    """The origin of ``PUBLIC_URL``, else that which the request was sent to."""
    parts = urlsplit(settings.PUBLIC_URL or request.build_absolute_uri("/"))
    return f"{parts.scheme}://{parts.netloc}"
