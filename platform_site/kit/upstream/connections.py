"""Kept-alive connections to one role: each call has one deadline, however its bytes come.

The parser is a library's (`httptools`); the sockets are Python's own (record 66).
"""

import select
import socket
import ssl
import threading
import time
import weakref
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self
from urllib.parse import urlsplit

from platform_site.kit.upstream.replies import REPLY_BYTES_MAX, Reply, ReplyReader
from platform_site.kit.upstream.requests import Body, SupportsRead, is_stream, request_head

CHUNK_BYTES: Final = 64 * 1024
CONNECT_TIMEOUT_S: Final = 1.0
PROGRESS_S: Final = 5.0
"""How long a piece of a body may take to be accepted: a role that hangs takes none."""
POOL_SIZE: Final = 32
IDLE_S: Final = 60.0
"""Shorter than a role keeps an idle connection (`platform_site.gunicorn`), so that a change is
not sent into one that is being closed."""


class NotConnected(OSError):
    """No connection could be made, so nothing was sent."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a role listens; ``tls`` is ``None`` for plain HTTP."""

    host: str
    port: int
    tls: ssl.SSLContext | None

    @classmethod
    def of(cls, url: str) -> Self:
        """The origin of ``url``, whose path does not matter. Raises ``ValueError``."""
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError(f"{url} is no URL of HTTP.")
        is_secure = parts.scheme == "https"
        port = parts.port or (443 if is_secure else 80)
        return cls(parts.hostname, port, ssl.create_default_context() if is_secure else None)

    @property
    def header(self) -> str:
        """The value of ``Host``."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        is_default = self.port == (443 if self.tls else 80)
        return host if is_default else f"{host}:{self.port}"

    def connect(self, *, within_s: float, longest_s: float = CONNECT_TIMEOUT_S) -> socket.socket:
        """A connection to the first of its addresses that takes one. Raises `NotConnected`.

        Names are looked up each time, since pods move.
        """
        until = time.monotonic() + min(within_s, longest_s)
        failure: OSError = TimeoutError("There was no time left.")
        try:
            found = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
        except OSError as exc:
            raise NotConnected(str(exc)) from exc
        for family, kind, protocol, _, address in found:
            made = socket.socket(family, kind, protocol)
            try:
                made.settimeout(_left_s(until))
                made.connect(address)
                # A request is written at once, and must not wait for the end of the last.
                made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                return self.tls.wrap_socket(made, server_hostname=self.host) if self.tls else made
            except OSError as exc:
                made.close()
                failure = exc
        raise NotConnected(str(failure)) from failure


class KeptConnection:
    """One connection, used by one thread at a time."""

    def __init__(self, made: socket.socket, *, reply_bytes_max: int = REPLY_BYTES_MAX) -> None:
        self._socket = made
        self._reader = ReplyReader(reply_bytes_max)
        self._readable = select.poll()
        self._readable.register(made, select.POLLIN)
        self.idle_since = 0.0

    @property
    def is_fit(self) -> bool:
        """Whether an idle connection can be used again: nothing came, not even its end."""
        return time.monotonic() - self.idle_since < IDLE_S and not self._readable.poll(0)

    @property
    def is_kept(self) -> bool:
        """Whether the last answer left it fit for another request."""
        return self._reader.keeps_alive

    def exchange(self, method: str, head: bytes, body: Body, *, timeout_s: float) -> Reply:
        """Send one request and read its answer, all within ``timeout_s``.

        For a stream that time begins with its last byte. Raises ``TimeoutError``, another
        ``OSError``, and what the stream raises; the connection is of no use then.
        """
        self._reader.begin(method)
        until = time.monotonic() + timeout_s
        if is_stream(body):
            is_whole = self._send_stream(head, body)
            until = time.monotonic() + timeout_s
        else:
            is_whole = True
            self._socket.settimeout(_left_s(until))
            self._socket.sendall(head + body if isinstance(body, bytes) else head)
        while not self._reader.is_complete:
            self._socket.settimeout(_left_s(until))
            self._reader.feed(self._socket.recv(CHUNK_BYTES))
        self._reader.keeps_alive &= is_whole
        return self._reader.reply()

    def close(self) -> None:
        """Let the other end know that nothing more comes."""
        self._socket.close()

    def _send_stream(self, head: bytes, body: SupportsRead) -> bool:
        """Send ``body`` while it is read; False when the other end does not want the rest of it.

        It may have answered by then: a file that is too large is refused before its end.
        """
        self._socket.settimeout(PROGRESS_S)
        try:
            self._socket.sendall(head)
            while chunk := body.read(CHUNK_BYTES):
                self._socket.sendall(chunk)
        except (BrokenPipeError, ConnectionResetError):
            return False
        return True


class ConnectionPool:
    """The connections to one role. Threads share it; each call has one for itself."""

    def __init__(self, origin: Origin) -> None:
        self._origin = origin
        self._host = origin.header
        # The latest is used first, so that those which a burst left behind grow old.
        self._idle: deque[KeptConnection] = deque()
        self._lock = threading.Lock()
        weakref.finalize(self, _close_all, self._idle)

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
        """Send one request; on a connection of its own where it ``is_fresh``.

        Raises `NotConnected`, ``TimeoutError`` or another ``OSError``.
        """
        head = request_head(method, path, host=self._host, headers=headers, body=body)
        until = time.monotonic() + timeout_s
        connection = None if is_fresh else self._idle_one()
        if connection is None:
            connection = KeptConnection(self._origin.connect(within_s=timeout_s))
        is_kept = False
        try:
            reply = connection.exchange(method, head, body, timeout_s=_left_s(until))
            is_kept = connection.is_kept
        finally:
            # Also after what the stream raised: half a request must not be followed by another.
            if is_kept:
                self._keep(connection)
            else:
                connection.close()
        return reply

    def _idle_one(self) -> KeptConnection | None:
        with self._lock:
            while self._idle:
                connection = self._idle.pop()
                if connection.is_fit:
                    return connection
                connection.close()
        return None

    def _keep(self, connection: KeptConnection) -> None:
        connection.idle_since = now = time.monotonic()
        with self._lock:
            self._idle.append(connection)
            while len(self._idle) > POOL_SIZE or now - self._idle[0].idle_since > IDLE_S:
                self._idle.popleft().close()


def _close_all(idle: deque[KeptConnection]) -> None:
    while idle:
        idle.pop().close()


def _left_s(until: float) -> float:
    """Raises ``TimeoutError`` when nothing is left; to a socket, 0 would mean not to wait."""
    left_s = until - time.monotonic()
    if left_s <= 0:
        raise TimeoutError("The time is over.")
    return left_s
