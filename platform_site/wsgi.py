"""The WSGI application of the role that ``DJANGO_SETTINGS_MODULE`` names."""

from typing import Any, Final

import django
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.utils.http import parse_header_parameters

from platform_site.checks import start_require


class ReadableRequest(WSGIRequest):
    """A request without those of its headers that nobody here could read.

    Django parses them before any layer of ours and DRF in the middle of a view, and both raise
    what nobody catches. Without its type a body is refused as one that is not taken (415), and
    every reply is acceptable.
    """

    def __init__(self, environ: dict[str, Any]) -> None:
        if not _is_readable(environ.get("CONTENT_TYPE", "")):
            del environ["CONTENT_TYPE"]
        if not all(map(_is_readable, environ.get("HTTP_ACCEPT", "").split(","))):
            del environ["HTTP_ACCEPT"]
        super().__init__(environ)

    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        # Django would decode the query, too, in the charset of the body, and among Python's codecs
        # are some that decompress or raise. A URL is UTF-8, whatever the body is.
        self.content_type, self.content_params = parse_header_parameters(
            meta.get("CONTENT_TYPE", "")
        )


class RequestHandler(WSGIHandler):
    """Django's handler for such requests."""

    request_class = ReadableRequest


def _is_readable(header: str) -> bool:
    try:
        parse_header_parameters(header)
    except (ValueError, TypeError, LookupError):  # what RFC 2231's forms provoke in the library
        return False
    return True


django.setup(set_prefix=False)
start_require()
application: Final = RequestHandler()
