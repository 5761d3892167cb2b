"""Calls to other roles: one pooled client a process, with deadlines, a breaker and our headers."""

import os
import time
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from functools import cache
from typing import Final, Protocol

import structlog
from django.conf import settings

from platform_site.kit.bounded import Bound, Busy
from platform_site.kit.breaker import Breaker
from platform_site.kit.rest.problems import DomainError
from platform_site.kit.telemetry import tracing
from platform_site.kit.telemetry.request_context import outgoing_headers
from platform_site.kit.upstream.connections import (
    POOL_SIZE,
    ConnectionPool,
    NotConnected,
    Origin,
)
from platform_site.kit.upstream.inprocess import InProcessPool
from platform_site.kit.upstream.replies import BrokenReply, Reply
from platform_site.kit.upstream.requests import Body, is_stream

log = structlog.get_logger(__name__)

IDEMPOTENT: Final = frozenset({"GET", "HEAD"})
PREFIX: Final = "inprocess:"
TRIAL_S: Final = 1.0
TRIAL_PATH: Final = "/livez"


class UpstreamUnavailable(DomainError):
    """Another role gave no answer in time. That is not the same as a "no"."""

    status = 503
    code = "upstream_unavailable"
    title = "A part of the platform gives no answer"

    def __init__(self, role: str, *, retry_after_s: int = 1) -> None:
        super().__init__(f"The role {role} gives no answer.", retry_after_s=retry_after_s)
        self.role = role


class Pool(Protocol):
    """What `Upstream` needs of a transport: connections, or the one inside the process."""

    def exchange(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str],
        body: Body,
        timeout_s: float,
        is_fresh: bool,
    ) -> Reply:
        """Send one request and read its answer, all within ``timeout_s``.

        Nothing that was used before serves one that ``is_fresh``. Raises ``OSError``.
        """
        ...


class Upstream:
    """The way to one role. Threads share it; connections are kept alive."""

    def __init__(self, role: str, pool: Pool, *, places: Bound | None = None) -> None:
        self.role = role
        self._pool = pool
        self._places = places
        self._breaker = Breaker(least_calls=3)

    def request(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: Body = None,
        timeout_s: float = 10.0,
    ) -> Reply:
        """Send one request; whatever the status, it is an answer.

        A body with ``read`` is streamed and needs ``Content-Length`` among ``headers``. A GET is
        tried a second time when the connection fails and time is left. A call that gets no answer
        within ``timeout_s`` counts against the role, and only so many wait at once, so a role that
        hangs holds up few callers, and those not for long. Raises `UpstreamUnavailable`.
        """
        if not self._breaker.allows():
            raise UpstreamUnavailable(self.role, retry_after_s=self._breaker.retry_after_s)
        # A failed stream cannot be sent again: the client's bytes are gone.
        if self._breaker.is_open and is_stream(body):
            self._try_out()
        until = time.monotonic() + timeout_s
        # A change is not repeated: its first try may have arrived, with only the answer lost.
        tries = 2 if method in IDEMPOTENT else 1
        try:
            with self._place(body):
                for is_second in (False, True)[:tries]:
                    left_s = until - time.monotonic()
                    try:
                        reply = self._send(
                            method, path, headers, body, timeout_s=left_s, is_fresh=is_second
                        )
                    except OSError as exc:
                        is_last = is_second or tries == 1 or time.monotonic() >= until
                        if is_last or not _is_worth_a_retry(exc):
                            raise self._unavailable(exc) from exc
                    else:
                        self._breaker.succeeded()
                        return reply
        except Busy as exc:
            raise UpstreamUnavailable(self.role) from exc
        raise AssertionError("unreachable")

    def _place(self, body: Body) -> AbstractContextManager[None]:
        """One of the places for calls; a stream, which is as slow as its sender, needs none."""
        return nullcontext() if self._places is None or is_stream(body) else self._places.hold()

    def _try_out(self) -> None:
        """Ask for something small first: a stream would learn too late that the role is down."""
        try:
            self._send("GET", TRIAL_PATH, None, None, timeout_s=TRIAL_S, is_fresh=False)
        except OSError as exc:
            raise self._unavailable(exc) from exc
        self._breaker.succeeded()

    def _unavailable(self, exc: Exception) -> UpstreamUnavailable:
        self._breaker.failed()
        log.warning("upstream_unavailable", role=self.role, reason=type(exc).__name__)
        return UpstreamUnavailable(self.role)

    def _send(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str] | None,
        body: Body,
        *,
        timeout_s: float,
        is_fresh: bool,
    ) -> Reply:
        sent = {**outgoing_headers(), **(headers or {})}
        with tracing.client_span(method, role=self.role) as span:
            reply = self._pool.exchange(
                method,
                path,
                headers={**sent, **span.headers} if span else sent,
                body=body,
                timeout_s=timeout_s,
                is_fresh=is_fresh,
            )
            if span:
                span.answered(reply.status)
        return reply


@cache
def upstream(role: str) -> Upstream:
    """The way to ``role``, from the setting ``UPSTREAMS``. Raises ``KeyError`` if it has none."""
    url: str = settings.UPSTREAMS[role]
    if url.startswith(PREFIX):
        return Upstream(role, InProcessPool(url.removeprefix(PREFIX), host=role))
    # Not all of a process's threads, so that the rest of it is served while one role hangs.
    places = Bound(
        f"calls_{role}", limit=lambda: int(settings.UPSTREAM_CALLS), wait_s=1.0, waiting=POOL_SIZE
    )
    return Upstream(role, ConnectionPool(Origin.of(url)), places=places)


# A child would write into the connections of its parent.
os.register_at_fork(after_in_child=upstream.cache_clear)


def _is_worth_a_retry(exc: OSError) -> bool:
    """A kept-alive connection that the other end closed, or one that was never made."""
    # A read that timed out is not repeated: the role is at work, and would have to do it twice.
    return isinstance(exc, NotConnected | BrokenReply | ConnectionError)
