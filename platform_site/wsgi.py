"""The WSGI application of the role that ``DJANGO_SETTINGS_MODULE`` names."""

from functools import lru_cache
from typing import Any, Final

import django
from django import db
from django.conf import settings
from django.core.cache import close_caches
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.core.signals import request_finished, request_started
from django.http import HttpRequest
from django.urls import ResolverMatch, get_resolver
from django.utils.http import parse_header_parameters

from platform_site.checks import start_require

REMEMBERED: Final = 512
"""Paths, and headers; each is a few kilobytes at the most."""


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
    """Django's handler for such requests, which remembers the routes of paths asked for often."""

    request_class = ReadableRequest

    def resolve_request(self, request: HttpRequest) -> ResolverMatch:
        """The view for ``request``. Raises ``Resolver404``, which is not remembered."""
        match = _route(settings.ROOT_URLCONF, request.path_info)
        request.resolver_match = match
        return match


@lru_cache(maxsize=REMEMBERED)
def _route(urlconf: str, path: str) -> ResolverMatch:
    return get_resolver(urlconf).resolve(path)


@lru_cache(maxsize=REMEMBERED)
def _is_readable(header: str) -> bool:
    try:
        parse_header_parameters(header)
    except (ValueError, TypeError, LookupError):  # what RFC 2231's forms provoke in the library
        return False
    return True


def receivers_disconnect(*, has_database: bool) -> None:
    """Take away what Django does before and after each request and that finds nothing to do here.

    No cache of ours is closed by a request, queries are noted by ``DEBUG`` alone, and a role
    without a database has no connection that could be too old.
    """
    request_finished.disconnect(close_caches)
    request_started.disconnect(db.reset_queries)
    if not has_database:
        for signal in (request_started, request_finished):
            signal.disconnect(db.close_old_connections)


django.setup(set_prefix=False)
receivers_disconnect(has_database=bool(settings.DATABASES))
start_require()
application: Final = RequestHandler()
