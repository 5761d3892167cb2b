"""The identity of the work in hand (request id, trace), carried by context through every layer."""

import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Final

from platform_site.kit.identifiers import uuid7

if TYPE_CHECKING:
    from django.http import HttpRequest

REQUEST_ID: Final = re.compile(r"[A-Za-z0-9-]{8,64}")
TRACEPARENT: Final = re.compile(r"00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-[0-9a-f]{2}")

_request_id: ContextVar[str] = ContextVar("request_id", default="")
_trace_id: ContextVar[str] = ContextVar("trace_id", default="")
_user_id: ContextVar[Callable[[], str | None]] = ContextVar("user_id", default=lambda: None)
_request: ContextVar["HttpRequest | None"] = ContextVar("request", default=None)
_recorders: list[Callable[[], str]] = []


def current_request_id() -> str:
    """The id of the request or job in hand; empty outside of one."""
    return _request_id.get()


def current_trace_id() -> str:
    """The trace that the request or job in hand belongs to; empty outside of one."""
    return _trace_id.get()


def current_user_id() -> str | None:
    """The person whom the request or task in hand is for, as far as that is known by now."""
    return _user_id.get()()


def current_request() -> "HttpRequest | None":
    """The request in hand; ``None`` outside of one."""
    return _request.get()


def recorded_trace_id() -> str:
    """The trace that is being recorded now; empty when nobody records any."""
    return _recorders[0]() if _recorders else ""


def follow(recorder: Callable[[], str]) -> None:
    """Take trace ids from ``recorder``, which gives an empty one outside of a trace."""
    _recorders[:] = [recorder]


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

    ``traceparent`` is the W3C header of the caller; without a good one the trace in hand goes on,
    and when there is none, one begins.
    """
    # What a client sends goes into every log line, so it has to look like an id.
    usable = request_id if request_id and REQUEST_ID.fullmatch(request_id) else str(uuid7())
    match = TRACEPARENT.fullmatch(traceparent) if traceparent else None
    given = match.group(1) if match else _trace_id.get()
    trace_id = recorded_trace_id() or given or secrets.token_hex(16)
    id_token, trace_token = _request_id.set(usable), _trace_id.set(trace_id)
    try:
        yield usable
    finally:
        _request_id.reset(id_token)
        _trace_id.reset(trace_token)


@contextmanager
def acting_for(
    user_id: Callable[[], str | None], request: "HttpRequest | None" = None
) -> Iterator[None]:
    """Work for the person that ``user_id`` gives, who may become known only later."""
    token, request_token = _user_id.set(user_id), _request.set(request)
    try:
        yield
    finally:
        _user_id.reset(token)
        _request.reset(request_token)
