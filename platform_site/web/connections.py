"""One connection, and the two ways of reading from it: whole before a thread is given, or paced."""

import re
import socket
import time
from typing import Any, Final

from gunicorn.http.body import ChunkedReader
from gunicorn.http.unreader import SocketUnreader
from gunicorn.workers.gthread import TConn

from platform_site.gunicorn import CLIENT_WAIT_S
from platform_site.web.messages import OrdinaryRequest

RECEIVE_BYTES: Final = 16 * 1024
HEAD_BYTES: Final = 32 * 1024
"""The most that a request line and headers may have; as much as the edge lets through."""
LINE_BYTES: Final = 4096
SMALL_BODY_BYTES: Final = 16 * 1024
"""A body up to this is collected before a thread is given to the request."""
LEAST_BYTES_PER_S: Final = 8 * 1024
"""A longer body is waited for as much longer as it brought at this rate."""
SEND_BUFFER_BYTES: Final = 256 * 1024
"""What the kernel keeps for a slow reader, so that most answers hold no thread."""
CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"
LENGTH: Final = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,18})[ \t]*\r\n")


class Connection(TConn):  # type: ignore[misc]  # gunicorn has no types
    """A client's connection. While no thread has it, ``deadline`` says how long it may stay."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.received = bytearray()
        """What has come of the next request."""
        self.deadline = 0.0
        self.leaving = False
        self.is_watched = False
        """Whether the main loop hears of what comes; it does while a thread serves a request."""
        self.data_ready = True  # a thread gets it when the head is here, and waits for nothing

    def init(self) -> None:
        """Give what has come to the parser; called by the thread, for each request."""
        if not self.initialized:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
            super().init()
            self.parser.mesg_class = OrdinaryRequest
            self.parser.unreader = PacedUnreader(self.sock)
        self.parser.unreader.begin(bytes(self.received))
        self.received.clear()
        self.sock.settimeout(CLIENT_WAIT_S)


class PacedUnreader(SocketUnreader):  # type: ignore[misc]
    """Reads from a client that has to keep a pace. Raises `TimeoutError` when it does not."""

    # gunicorn would take up to a megabyte at once, and copy what is left of it for each piece that
    # a view reads: of five megabytes that have arrived that made 16 ms, where this makes 3.
    max_body_chunk = 64 * 1024

    def begin(self, received: bytes) -> None:
        """Start with the next request, of which ``received`` is here."""
        self.unread(received)
        self._left_s = float(CLIENT_WAIT_S)

    def hurry(self, seconds: float) -> None:
        """Wait for so long and no longer from now on."""
        self._left_s = seconds

    def chunk(self, size_hint: int | None = None) -> bytes:
        """The next bytes, none when the client has closed."""
        started = time.monotonic()
        self.sock.settimeout(max(0.001, self._left_s))
        try:
            data: bytes = super().chunk(size_hint)
        finally:
            self.sock.settimeout(CLIENT_WAIT_S)
        self._left_s += len(data) / LEAST_BYTES_PER_S - (time.monotonic() - started)
        return data


class BodyReader:
    """gunicorn's reader of a body that says ``100 Continue`` when the body is first asked for.

    So a refusal by the headers alone reaches the client before it sends what nobody reads.
    """

    def __init__(self, request: Any, sock: socket.socket) -> None:
        self._reader = request.body.reader
        self._request = request
        self._sock = sock
        self._is_awaited: bool = request._expected_100_continue  # noqa: SLF001 - its only name
        if self._is_awaited:
            request._expected_100_continue = False  # noqa: SLF001 - else gunicorn says it now
            request.force_close()

    @property
    def is_at_its_end(self) -> bool:
        """Whether nothing of the body is still to be read."""
        return not self._reader.length

    def read(self, size: int) -> bytes:
        """At most ``size`` bytes. Raises `OSError`."""
        if self._is_awaited:
            self._is_awaited = False
            self._request.must_close = False
            self._sock.sendall(CONTINUE)
        wanted = min(size, self._reader.length)
        try:
            data: bytes = self._reader.read(size)
        except OSError:
            self._request.force_close()
            raise
        if len(data) < wanted:
            self._request.force_close()
            raise OSError("The body ended early.")
        return data


def is_whole(received: bytearray) -> bool:
    """Whether a thread can do without waiting what there is to do: head and small body are here.

    It decides when a request is parsed, never how.
    """
    end = received.find(b"\r\n\r\n")
    if end < 0:
        return False
    # Names of headers compare without case; with the last CRLF, so that each of them ends with one.
    head = bytes(received[: end + 2]).lower()
    if b"\r\nexpect:" in head or b"\r\ntransfer-encoding:" in head:
        return True
    stated = LENGTH.search(head)
    length = int(stated[1]) if stated else 0
    return length > SMALL_BODY_BYTES or len(received) >= end + 4 + length


def awaits_body(received: bytearray) -> bool:
    """Whether some of a body is still to come, by the head, which is here.

    Asked of a request that is whole enough to be served; of a body in chunks nothing is awaited.
    """
    if received.startswith((b"GET ", b"HEAD ")):
        return False
    end = received.find(b"\r\n\r\n")
    head = bytes(received[: end + 2]).lower()
    stated = None if b"\r\ntransfer-encoding:" in head else LENGTH.search(head)
    return stated is not None and int(stated[1]) > len(received) - end - len(b"\r\n\r\n")


def has_no_length(request: Any) -> bool:
    """Whether the body comes in chunks; views take it for an empty one."""
    return isinstance(request.body.reader, ChunkedReader)


def body_is_here(request: Any) -> bool:
    """Whether nothing of the body is still to be received."""
    return bool(request.body.reader.length <= len(request.unreader.buf.getvalue()))
