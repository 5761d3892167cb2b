"""Conditional requests (RFC 9110, section 13), asked one way by pages of JSON and by bytes."""

import hashlib
import re
from collections.abc import Callable
from typing import Any, Final

import orjson
from django.http import HttpRequest
from django.utils.cache import get_conditional_response
from django.utils.http import parse_etags
from rest_framework.request import Request
from rest_framework.response import Response

from images.errors import PreconditionFailed

VERSION: Final = re.compile(r'"(\d{1,9})-[0-9a-f]+-[a-z]+"')


def is_unchanged(request: HttpRequest, *, etag: str, modified_s: int | None = None) -> bool:
    """Whether the caller holds what would be read. Raises `PreconditionFailed`."""
    reply = get_conditional_response(request, etag=etag, last_modified=modified_s)
    if reply is not None and reply.status_code == PreconditionFailed.status:
        raise PreconditionFailed
    return reply is not None


def versions_required(request: Request) -> frozenset[int] | None:
    """The versions that ``If-Match`` insists on; ``None`` when it does not insist.

    An ETag also names the hour of the URLs in its document and the state of the job, which do
    not make a change of the image a conflict, so only the version counts. Tags that are none of
    ours match nothing; section 13.1.1 compares strongly, so a weak one matches nothing either.
    """
    header = request.META.get("HTTP_IF_MATCH", "").strip()
    if header in {"", "*"}:
        return None
    ours = (VERSION.fullmatch(tag) for tag in parse_etags(header))
    return frozenset(int(match[1]) for match in ours if match)


def response_unless_held(request: Request, etag: str, make: Callable[[], object]) -> Response:
    """What ``make`` makes, under ``etag``; a 304, and nothing made, when the caller holds it."""
    if is_unchanged(request, etag=etag):
        return versioned_response(None, etag, status=304)
    return versioned_response(make(), etag)


def versioned_response(document: object, etag: str, *, status: int = 200) -> Response:
    """``document`` under ``etag``; whoever keeps it asks each time whether it has changed."""
    headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
    return Response(document, status=status, headers=headers)


def etag_of(document: Any) -> str:
    """A weak ETag: it is worked out from what is said, not from the bytes that say it."""
    return f'W/"{hashlib.sha256(orjson.dumps(document)).hexdigest()[:32]}"'
