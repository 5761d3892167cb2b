"""One person's first page, joined from what auth and images answer, of which no part is parsed."""

from typing import Final

import orjson

from gateway.clients.auth import profile_of
from gateway.clients.images import read
from gateway.clients.upstream_calls import object_of
from gateway.concurrency import NoAnswer, calls_gather
from gateway.errors import Refused, UpstreamFailed
from gateway.permissions import Caller

NOBODY: Final = b"null"
NOTHING: Final = b'"usage":null,"images":[],"jobs":[]'
NOT_FOUND: Final = 404


def overview_of(*, caller: Caller) -> bytes:
    """Who the caller is, what they store, their newest images and their unfinished jobs, as JSON.

    A role without an answer is named in ``unavailable``, and its parts are null or empty. A
    refusal is raised.
    """
    parts = calls_gather(
        {
            "auth": lambda: profile_of(principal=caller.principal),
            "images": lambda: _members(caller),
        }
    )
    silent = sorted(role for role, part in parts.items() if isinstance(part, NoAnswer))
    user = NOBODY if "auth" in silent else parts["auth"]
    members = NOTHING if "images" in silent else parts["images"]
    return b'{"user":%b,%b,"unavailable":%b}' % (user, members, orjson.dumps(silent))


def _members(caller: Caller) -> bytes:
    """What images knows, without the braces around it. Raises `UpstreamFailed`."""
    try:
        members = object_of(read("overview", caller=caller))[1:-1].strip()
    except Refused as refusal:
        # A pod of the previous release does not have it; the next one that is asked may.
        if refusal.status == NOT_FOUND:
            raise UpstreamFailed from refusal
        raise
    if not members:
        raise UpstreamFailed("The answer is an empty object.")
    return members
