"""Conditional requests (RFC 9110, section 13) on entity tags."""

import re
from typing import Final

from django.http import HttpRequest
from rest_framework.request import Request

TAG: Final = re.compile(r'(?:W/)?"[^"]*"')
VERSION: Final = re.compile(r'"(\d{1,9})-[0-9a-f]+-[a-z]+"')


def is_unchanged(request: Request | HttpRequest, etag: str) -> bool:
    """Whether ``If-None-Match`` names ``etag``; compared weakly, as section 13.1.2 says."""
    header = request.META.get("HTTP_IF_NONE_MATCH", "")
    if header.strip() == "*":
        return True
    return etag in {tag.removeprefix("W/") for tag in TAG.findall(header)}


def versions_required(request: Request) -> frozenset[int] | None:
    """The versions that ``If-Match`` insists on; ``None`` when it does not insist.

    An ETag also names the hour of the addresses in its document and the state of the job, which do
    not make a change of the image a conflict, so only the version counts. Tags that are none of
    ours match nothing; section 13.1.1 compares strongly, so a weak one matches nothing either.
    """
    header = request.META.get("HTTP_IF_MATCH", "").strip()
    if header in {"", "*"}:
        return None
    ours = (VERSION.fullmatch(tag) for tag in TAG.findall(header))
    return frozenset(int(match[1]) for match in ours if match)
