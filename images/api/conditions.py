"""Conditional requests (RFC 9110, section 13), asked one way by pages of JSON and by bytes."""

import hashlib
import re
from collections.abc import Mapping
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import parse_etags
from rest_framework.request import Request

from images.errors import PreconditionFailed
from platform_site.kit.rest.hot_reads import json_response

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


def versioned(document: object, etag: str) -> HttpResponse:
    """``document`` (bytes are JSON already) under ``etag``.

    Whoever keeps it asks each time whether it has changed.
    """
    return json_response(document, headers=_headers(etag))


def unchanged(etag: str) -> HttpResponse:
    """Nothing: the caller holds it under ``etag``."""
    return HttpResponse(status=304, headers=_headers(etag))


def etag_of(body: bytes) -> str:
    """A weak ETag of a document: the same may be said in other bytes."""
    return f'W/"{hashlib.sha256(body).hexdigest()[:32]}"'


def _headers(etag: str) -> Mapping[str, str]:
    return {"ETag": etag, "Cache-Control": "private, no-cache"}
