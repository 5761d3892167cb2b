"""gunicorn's worker with threads, in which a slow client holds none of them.

A connection stays with the main loop until its request is here: the head, and the body up to a
few kilobytes. Longer bodies are read by a thread, half of the threads at the most and at a pace.
A refusal is a problem document.
"""

import errno
import selectors
import socket
import time
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from typing import Any, Final

from gunicorn.workers.gthread import ThreadWorker

from platform_site.gunicorn import CLIENT_WAIT_S
from platform_site.web.connections import (
    HEAD_BYTES,
    LINE_BYTES,
    RECEIVE_BYTES,
    BodyReader,
    Connection,
    body_is_here,
    has_no_length,
    is_whole,
)

LINGER_S: Final = 2.0
"""For the client to close once it has the answer that ends the connection (RFC 9112, 9.6)."""
DRAIN_S: Final = 0.1
"""A body that nobody wanted is read to its end if it is as good as here."""


class WebWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """Waits for requests in the main loop, and gives those that are here to the threads."""

    def init_process(self) -> None:
        """Begin to serve; the process has been forked."""
        # The client of the metrics chooses its files when it is imported, so not before the fork.
        from platform_site.kit.bounded import Bound  # noqa: PLC0415
        from platform_site.web import refusals  # noqa: PLC0415

        self._refusals = refusals
        most = max(1, self.cfg.threads // 2)
        self._bodies = Bound("bodies", limit=lambda: most, wait_s=1.0, waiting=most // 2)
        self._waiting: dict[Connection, None] = {}
        super().init_process()

    # What the main loop does.

    def accept(self, listener: Any) -> None:
        """Take a connection; the one that has been idle or unfinished longest is closed for it."""
        try:
            sock, address = listener.accept()
        except OSError as exc:
            if exc.errno not in {errno.EAGAIN, errno.ECONNABORTED}:
                raise
            return
        self.nr_conns += 1
        self._wait(Connection(self.cfg, sock, address, listener.getsockname()), CLIENT_WAIT_S)
        if self.nr_conns >= self.worker_connections and self._waiting:
            self._expire(next(iter(self._waiting)))

    def finish_request(self, conn: Connection, fs: "Future[Any]") -> None:
        """A thread is done with a request: wait for the next one, or end."""
        if fs.cancelled() or not fs.result():
            self._leave(conn)
            return
        conn.received += conn.parser.unreader.take_buffered()
        if is_whole(conn.received):
            self.enqueue_req(conn)
        else:
            idle_s = self.cfg.keepalive if self.alive else LINGER_S
            self._wait(conn, CLIENT_WAIT_S if conn.received else idle_s)

    def murder_keepalived(self, force: bool = False) -> None:  # noqa: FBT001, FBT002 - gunicorn's
        """End what has waited for longer than it may, or all of it."""
        now = time.monotonic()
        for conn in [each for each in self._waiting if force or each.deadline <= now]:
            self._expire(conn)

    def _cap_keepalive(self, deadline: float) -> None:
        """The worker ends: who has not begun a request has until ``deadline`` to do so."""
        for conn in self._waiting:
            if not conn.received:
                conn.deadline = min(conn.deadline, deadline)

    def _wait(self, conn: Connection, seconds: float) -> None:
        conn.sock.setblocking(False)
        conn.deadline = time.monotonic() + seconds
        self._waiting[conn] = None
        readable = partial(self._on_readable, conn)
        self.poller.register(conn.sock, selectors.EVENT_READ, readable)

    def _take(self, conn: Connection) -> None:
        del self._waiting[conn]
        self.poller.unregister(conn.sock)

    def _on_readable(self, conn: Connection, _sock: Any) -> None:
        try:
            data = conn.sock.recv(RECEIVE_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._close(conn)
        elif not conn.leaving:
            self._received(conn, data)

    def _received(self, conn: Connection, data: bytes) -> None:
        if not conn.received:
            conn.deadline = time.monotonic() + CLIENT_WAIT_S
        conn.received += data
        if is_whole(conn.received):
            self._take(conn)
            self.enqueue_req(conn)
        elif b"\r\n" not in conn.received[: LINE_BYTES + 2] and len(conn.received) > LINE_BYTES:
            self._refuse(conn, self._refusals.uri_too_long())
        elif b"\r\n\r\n" not in conn.received and len(conn.received) > HEAD_BYTES:
            self._refuse(conn, self._refusals.headers_too_large())

    def _expire(self, conn: Connection) -> None:
        if conn.received and not conn.leaving:
            self._refuse(conn, self._refusals.request_timeout())
        else:
            self._close(conn)

    def _refuse(self, conn: Connection, error: Any) -> None:
        with suppress(OSError):
            conn.sock.send(self._refusals.answer(error))
        self._take(conn)
        self._leave(conn)

    def _leave(self, conn: Connection) -> None:
        """Say that no more is sent, and take what comes: a reset could overtake the answer."""
        conn.leaving = True
        with suppress(OSError):
            # Only our half: closing at once with bytes unread makes the kernel send a reset.
            conn.sock.shutdown(socket.SHUT_WR)
        try:
            self._wait(conn, LINGER_S)
        except (OSError, ValueError):  # the thread has closed it
            self._waiting.pop(conn, None)
            self.nr_conns -= 1

    def _close(self, conn: Connection) -> None:
        self._take(conn)
        self.nr_conns -= 1
        conn.close()

    # What a thread does.

    def handle_request(self, req: Any, conn: Connection) -> bool:
        """Serve ``req``. A body that is still to come takes one of a few places, or is refused."""
        if has_no_length(req):
            raise self._refusals.length_required()
        is_here = body_is_here(req)
        req.body.reader = BodyReader(req, conn.sock)
        try:
            if is_here:
                return bool(super().handle_request(req, conn))
            with self._bodies.hold():
                return bool(super().handle_request(req, conn))
        except TimeoutError as exc:
            raise ConnectionResetError(errno.ECONNRESET, "The client does not read.") from exc

    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:  # noqa: ARG002
        """Refuse what cannot be read, and answer a fault of ours with nothing but its id."""
        from platform_site.kit.rest.problems import InternalError  # noqa: PLC0415 - after the fork

        error = self._refusals.of(exc)
        if error is None:
            self.log.error("The request broke the worker.", exc_info=exc)
            error = InternalError()
        else:
            self.log.debug("Refused %s: %s", addr, exc)
        with suppress(OSError):
            client.settimeout(CLIENT_WAIT_S)
            client.sendall(self._refusals.answer(error))

    def _keepalive_after(self, conn: Connection, keepalive: bool) -> bool:  # noqa: FBT001
        if not keepalive or conn.parser.mesg.should_close():
            return False
        conn.parser.unreader.hurry(DRAIN_S)
        return bool(conn.parser.finish_body(deadline=time.monotonic() + DRAIN_S))
