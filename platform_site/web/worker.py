"""gunicorn's worker with threads, in which a slow client holds none of them.

A connection stays with the main loop until its request is here: the head, and the body up to a
few kilobytes. Longer bodies are read by a thread, half of the threads at the most and at a pace;
the next ones wait in the main loop for their turn. A refusal is a problem document.
"""

import errno
import selectors
import socket
import time
from contextlib import suppress
from functools import partial
from typing import Any, Final

from gunicorn.http import wsgi
from gunicorn.workers.gthread import ThreadWorker

from platform_site.gunicorn import CLIENT_WAIT_S
from platform_site.web.connections import (
    HEAD_BYTES,
    LINE_BYTES,
    RECEIVE_BYTES,
    BodyReader,
    Connection,
    awaits_body,
    body_is_here,
    has_no_length,
    is_whole,
)
from platform_site.web.messages import LookedUpOnce, OneWriteResponse
from platform_site.web.threads import Deferred, Threads
from platform_site.web.turns import Turns

LINGER_S: Final = 2.0
"""For the client to close once it has the answer that ends the connection (RFC 9112, 9.6)."""
LOOK_S: Final = 0.05
"""How often it is looked whose time is over, at most."""
NOTIFY_S: Final = 1.0
"""How often the arbiter is told that the main loop turns; it waits a minute for that."""
BODY_WAIT_S: Final = 5.0
"""What a long body waits for its turn at most: longer than a burst lasts, shorter than patience."""
WAITING_BODIES: Final = 4
"""How many may wait for each that is read. One holds a connection and its head, and no thread."""
DRAIN_S: Final = 0.1
"""A body that nobody wanted is read to its end if it is as good as here."""


class WebWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """Waits for requests in the main loop, and gives those that are here to the threads."""

    alive: bool
    cfg: Any

    def init_process(self) -> None:
        """Begin to serve; the process has been forked."""
        # The client of the metrics chooses its files when it is imported, so not with this class.
        from platform_site.kit.bounded import Bound  # noqa: PLC0415
        from platform_site.web import refusals  # noqa: PLC0415

        self._refusals = refusals
        most = max(1, self.cfg.threads // 2)
        self._bodies = Bound("bodies", limit=lambda: most, wait_s=1.0, waiting=most // 2)
        self._turns: Turns[Connection] = Turns(
            self._bodies,
            most_waiting=most * WAITING_BODIES,
            wait_s=BODY_WAIT_S,
            begin=self._begin,
            refuse=self._refuse_busy,
        )
        self._waiting: dict[Connection, None] = {}
        self._looked_at = self._notified_at = 0.0
        self.cfg = LookedUpOnce(self.cfg)
        self.method_queue = Deferred()
        super().init_process()

    def get_thread_pool(self) -> Threads:
        """Gunicorn asks for it once, after the fork."""
        return Threads(self.cfg.threads, self._serve)

    def notify(self) -> None:
        """Tell the arbiter that the main loop turns."""
        now = time.monotonic()
        if now - self._notified_at >= NOTIFY_S:
            self._notified_at = now
            super().notify()

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

    def enqueue_req(self, conn: Connection) -> None:
        """Give the request of ``conn`` to a thread, at its turn if a body is still to come."""
        if awaits_body(conn.received):
            self._turns.come(conn)
        else:
            self._begin(conn)

    def _begin(self, conn: Connection) -> None:
        self.tpool.give(conn)

    def _refuse_busy(self, conn: Connection) -> None:
        self._refuse(conn, self._refusals.busy())

    def finish_request(self, conn: Connection, goes_on: bool) -> None:  # noqa: FBT001 - gunicorn's
        """A thread is done with a request: wait for the next one, or end."""
        self._turns.leave(conn)
        if not goes_on:
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
        if now - self._looked_at < LOOK_S and not force:
            return
        self._looked_at = now
        self._turns.look()
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
        if not conn.is_watched:
            readable = partial(self._on_readable, conn)
            self.poller.register(conn.sock, selectors.EVENT_READ, readable)
            conn.is_watched = True

    def _unwatch(self, conn: Connection) -> None:
        if conn.is_watched:
            self.poller.unregister(conn.sock)
            conn.is_watched = False

    def _on_readable(self, conn: Connection, _sock: Any) -> None:
        if conn not in self._waiting:
            # A thread has it, and reads by itself. Most clients send nothing before they have the
            # answer, so the connection is watched meanwhile, until one does.
            self._unwatch(conn)
            return
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
            del self._waiting[conn]
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
        self._waiting.pop(conn, None)
        self._leave(conn)

    def _leave(self, conn: Connection) -> None:
        """Say that no more is sent, and take what comes: a reset could overtake the answer."""
        conn.leaving = True
        with suppress(OSError):
            # Only our half: closing at once with bytes unread makes the kernel send a reset.
            conn.sock.shutdown(socket.SHUT_WR)
        self._wait(conn, LINGER_S)

    def _close(self, conn: Connection) -> None:
        del self._waiting[conn]
        self._unwatch(conn)
        self.nr_conns -= 1
        conn.close()

    # What a thread does.

    def _serve(self, conn: Connection) -> None:
        goes_on = False
        try:
            goes_on = bool(self.handle(conn))
        finally:
            self.method_queue.defer(self.finish_request, conn, goes_on)

    def handle_request(self, req: Any, conn: Connection) -> bool:
        """Serve ``req``. A body that is still to come has one of a few places.

        Its turn has come, or the parser sees a body that the head did not show at a glance.
        """
        if has_no_length(req):
            raise self._refusals.length_required()
        is_here = body_is_here(req)
        req.body.reader = BodyReader(req, conn.sock)
        try:
            if is_here or self._turns.has_place(conn):
                return self._answer(req, conn)
            with self._bodies.hold():
                return self._answer(req, conn)
        except TimeoutError as exc:
            raise ConnectionResetError(errno.ECONNRESET, "The client does not read.") from exc

    def _answer(self, req: Any, conn: Connection) -> bool:
        """Ask the application, and send what it says; whether the connection can go on.

        As gunicorn does it, without its hooks and its log of accesses: the application has one.
        """
        response, environ = wsgi.create(
            *(req, conn.sock, conn.client, conn.server, self.cfg), response_class=OneWriteResponse
        )
        environ["wsgi.multithread"] = True
        self.nr += 1
        if self.nr >= self.max_requests:
            self.alive = False
        if not self.alive:
            response.force_close()
        try:
            content = self.wsgi(environ, response.start_response)
            try:
                if isinstance(content, wsgi.FileWrapper):
                    response.write_file(content)
                else:
                    for item in content:
                        response.write(item)
                response.close()
            finally:
                if hasattr(content, "close"):
                    content.close()
        except OSError:
            raise
        except (Exception, SystemExit):
            if not response.headers_sent:
                raise
            # Another answer in the middle of this one would be taken for its content.
            self.log.exception("The answer was broken off.")
            return False
        return not response.should_close()

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
        parser = conn.parser
        if not keepalive or parser.mesg.should_close():
            return False
        if not parser.mesg.body.reader.is_at_its_end:
            parser.unreader.hurry(DRAIN_S)
            if not parser.finish_body(deadline=time.monotonic() + DRAIN_S):
                return False
        parser.mesg = None  # else its body is looked at again before the next request
        return True
