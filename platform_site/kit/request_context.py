"""The identity of the work in hand (request id, trace), carried by context through every layer."""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

import structlog

from platform_site.kit.identifiers import uuid7

REQUEST_ID: Final = re.compile(r"[A-Za-z0-9-]{8,64}")
TRACEPARENT: Final = re.compile(r"00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-[0-9a-f]{2}")

_request_id: ContextVar[str] = ContextVar("request_id", default="")
_trace_id: ContextVar[str] = ContextVar("trace_id", default="")


def current_request_id() -> str:
    """The id of the request or job in hand; empty outside of one."""
    return _request_id.get()


def outgoing_headers() -> dict[str, str]:
    """The headers that carry the context to another role: the trace goes on with a new span."""
    headers: dict[str, str] = {}
    if request_id := _request_id.get():
        headers["X-Request-ID"] = request_id
    if trace_id := _trace_id.get():
        headers["traceparent"] = f"00-{trace_id}-{secrets.token_hex(8)}-01"
    return headers


@contextmanager
def bind(request_id: str | None, traceparent: str | None = None) -> Iterator[str]:
    """Work under ``request_id`` when it is well-formed, else under a new one, which is yielded.

    ``traceparent`` is the W3C header of the caller; a missing or malformed one starts a trace.
    """
    usable = request_id if request_id and REQUEST_ID.fullmatch(request_id) else str(uuid7())
    match = TRACEPARENT.fullmatch(traceparent or "")
    trace_id = match.group(1) if match else secrets.token_hex(16)
    id_token, trace_token = _request_id.set(usable), _trace_id.set(trace_id)
    try:
        with structlog.contextvars.bound_contextvars(request_id=usable, trace_id=trace_id):
            yield usable
    finally:
        _request_id.reset(id_token)
        _trace_id.reset(trace_token)
