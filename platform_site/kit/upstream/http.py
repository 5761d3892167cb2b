"""Calls to other roles: one pooled client a process, with deadlines, a breaker and our headers."""

import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Protocol, TypeGuard

import orjson
import structlog
import urllib3
from django.conf import settings
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError

from platform_site.kit.bounded import Bound, Busy
from platform_site.kit.breaker import Breaker
from platform_site.kit.rest.problems import DomainError
from platform_site.kit.telemetry.request_context import outgoing_headers
from platform_site.kit.upstream.inprocess import InProcessPool

log = structlog.get_logger(__name__)

CHUNK_BYTES: Final = 64 * 1024
CONNECT_TIMEOUT_S: Final = 1.0
PROGRESS_S: Final = 5.0
"""How long a piece of a body may take to be accepted: a role that hangs takes none."""
POOL_SIZE: Final = 32
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


class SupportsRead(Protocol):
    """A body that is read piece by piece."""

    def read(self, size: int = -1, /) -> bytes:
        """At most ``size`` bytes; empty at the end."""
        ...


@dataclass(frozen=True, slots=True)
class Reply:
    """The whole response of the other role; header names compare without case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON. Raises ``ValueError`` when it is not."""
        return orjson.loads(self.body)


class Pool(Protocol):
    """What `Upstream` needs of a transport: urllib3's pool, or the one inside the process."""

    def urlopen(self, method: str, url: str, **options: Any) -> Any:
        """Send one request and return a reply with ``status``, ``headers`` and ``data``."""
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
        body: bytes | SupportsRead | None = None,
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
        if self._breaker.is_open and _is_stream(body):
            self._try_out()
        until = time.monotonic() + timeout_s
        # A change is not repeated: its first try may have arrived, with only the answer lost.
        tries = 2 if method in IDEMPOTENT else 1
        try:
            with self._place(body):
                for last in (False, True)[-tries:]:
                    left_s = until - time.monotonic()
                    try:
                        reply = self._send(
                            method, path, headers=headers, body=body, timeout_s=left_s
                        )
                    except (HTTPError, OSError) as exc:
                        if last or not _is_worth_a_retry(exc) or time.monotonic() >= until:
                            raise self._unavailable(exc) from exc
                    else:
                        self._breaker.succeeded()
                        return reply
        except Busy as exc:
            raise UpstreamUnavailable(self.role) from exc
        raise AssertionError("unreachable")

    def _place(self, body: bytes | SupportsRead | None) -> AbstractContextManager[None]:
        """One of the places for calls; a stream, which is as slow as its sender, needs none."""
        return nullcontext() if self._places is None or _is_stream(body) else self._places.hold()

    def _try_out(self) -> None:
        """Ask for something small first: a stream would learn too late that the role is down."""
        try:
            self._send("GET", TRIAL_PATH, headers=None, body=None, timeout_s=TRIAL_S)
        except (HTTPError, OSError) as exc:
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
        *,
        headers: Mapping[str, str] | None,
        body: bytes | SupportsRead | None,
        timeout_s: float,
    ) -> Reply:
        reply = self._pool.urlopen(
            method,
            path,
            headers={**outgoing_headers(), **(headers or {})},
            body=_chunks(body) if _is_stream(body) else body,
            timeout=urllib3.Timeout(connect=min(CONNECT_TIMEOUT_S, timeout_s), read=timeout_s),
            # The loop above counts tries against one deadline; urllib3 would begin a new one for
            # each.
            retries=False,
            # A role that redirects is not the role: the service token is for nobody else.
            redirect=False,
        )
        return Reply(status=reply.status, headers=reply.headers, body=reply.data)


@cache
def upstream(role: str) -> Upstream:
    """The way to ``role``, from the setting ``UPSTREAMS``. Raises ``KeyError`` if it has none."""
    url: str = settings.UPSTREAMS[role]
    if url.startswith(PREFIX):
        return Upstream(role, InProcessPool(url.removeprefix(PREFIX), host=role))
    pool = urllib3.connectionpool.connection_from_url(url, maxsize=POOL_SIZE, block=False)
    pool.ConnectionCls = _with_progress(pool.ConnectionCls)
    # Not all of a process's threads, so that the rest of it is served while one role hangs.
    places = Bound(
        f"calls_{role}", limit=lambda: int(settings.UPSTREAM_CALLS), wait_s=1.0, waiting=POOL_SIZE
    )
    return Upstream(role, pool, places=places)


def _with_progress(kind: Any) -> Any:
    """Connections that send for `PROGRESS_S` at most.

    urllib3 leaves a socket that is used again with the time limit of its last answer.
    """

    class ProgressConnection(kind):  # type: ignore[misc]  # a class that is chosen by the scheme
        def request(self, *args: Any, **named: Any) -> None:
            if self.sock is None:
                self.connect()
            self.sock.settimeout(PROGRESS_S)
            super().request(*args, **named)

    return ProgressConnection


def _is_stream(body: bytes | SupportsRead | None) -> TypeGuard[SupportsRead]:
    return not (body is None or isinstance(body, bytes))


def _chunks(body: SupportsRead) -> Iterator[bytes]:
    while chunk := body.read(CHUNK_BYTES):
        yield chunk


def _is_worth_a_retry(exc: Exception) -> bool:
    """A kept-alive connection that the other end closed, or one that was never made."""
    # A read that timed out is not repeated: the role is at work, and would have to do it twice.
    return isinstance(
        exc, NewConnectionError | ConnectTimeoutError | urllib3.exceptions.ProtocolError
    )
