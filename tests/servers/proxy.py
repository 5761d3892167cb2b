"""A TCP proxy in front of a server that a test slows down, hangs, resets or takes away."""

import random
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from tests.servers.ports import free_port

CHUNK_BYTES: Final = 64 * 1024
LOOK_S: Final = 0.05
RESENT_AFTER_S: Final = 0.2
"""What TCP waits at least before it sends again what got lost."""
Target = int | str


class Proxy:
    """Listens on ``port`` and hands everything on to ``target``, unless it is told otherwise.

    ``target`` is a port of this machine or the path of a socket, or says which one a connection
    gets (`OSError`: none). ``latency_s`` is what every piece of data waits, each way, and ``loss``
    the part of the pieces that get lost and come when they are sent again. While ``loses_replies``,
    the server hears everything, and a connection ends where its answer would begin.
    """

    def __init__(self, target: Target | Callable[[], Target]) -> None:
        self.port = free_port()
        self.accepted = 0
        self.target = target
        self.latency_s = 0.0
        self.loss = 0.0
        self.loses_replies = False
        self._flows = threading.Event()
        self._flows.set()
        self._replies_late: list[float] = []
        self._ends = threading.Event()
        self._listener: socket.socket | None = None
        self._accepting: threading.Thread | None = None
        self._pairs: set[tuple[socket.socket, socket.socket]] = set()
        self._abandoned: set[tuple[socket.socket, socket.socket]] = set()

    def start(self) -> "Proxy":
        """Take connections."""
        listener = socket.create_server(("127.0.0.1", self.port), backlog=128)
        listener.settimeout(LOOK_S)
        self._listener = listener
        self._accepting = threading.Thread(target=self._accept, args=(listener,), daemon=True)
        self._accepting.start()
        return self

    def stop(self) -> None:
        """Refuse connections, and reset those that there are."""
        listener, self._listener = self._listener, None
        if listener is not None and self._accepting is not None:
            self._accepting.join()  # the port is not free while a thread looks at it
            listener.close()
        self.reset()

    def end(self) -> None:
        """Be no more."""
        self._ends.set()
        self._flows.set()
        self.stop()

    def reset(self) -> None:
        """Reset every connection; new ones are taken."""
        for pair in list(self._pairs):
            self._drop(pair, is_reset=True)

    def abandon(self) -> None:
        """Leave every connection half open: what comes by it goes nowhere, and nobody is told.

        As after a firewall that forgot them, or a peer that lost its power. New ones are served.
        """
        self._abandoned |= self._pairs

    def hang(self) -> None:
        """Take connections and bytes, and let nothing through, as a stopped server does."""
        self._flows.clear()

    def flow(self) -> None:
        """Let through again, what was held back first."""
        self._flows.set()

    @contextmanager
    def hanging(self) -> Iterator[None]:
        """`hang` for the block."""
        self.hang()
        try:
            yield
        finally:
            self.flow()

    @contextmanager
    def down(self) -> Iterator[None]:
        """`stop` for the block."""
        self.stop()
        try:
            yield
        finally:
            self.start()

    def delay_one_reply(self, seconds: float) -> None:
        """Hold the next bytes of the server back for so long."""
        self._replies_late.append(seconds)

    def _accept(self, listener: socket.socket) -> None:
        while self._listener is listener:
            try:
                near, _address = listener.accept()
            except TimeoutError:
                continue
            self.accepted += 1
            threading.Thread(target=self._serve, args=(near,), daemon=True).start()

    def _serve(self, near: socket.socket) -> None:
        near.settimeout(None)
        self._flows.wait()
        try:
            far = self._connected()
        except OSError:
            near.close()
            return
        pair = (near, far)
        self._pairs.add(pair)
        back = threading.Thread(target=self._pump, args=(far, near, self._late, pair), daemon=True)
        back.start()
        self._pump(near, far, _at_once, pair)
        back.join()

    def _connected(self) -> socket.socket:
        target = self.target() if callable(self.target) else self.target
        if isinstance(target, int):
            return socket.create_connection(("127.0.0.1", target))
        far = socket.socket(socket.AF_UNIX)
        far.connect(target)
        return far

    def _pump(
        self,
        source: socket.socket,
        sink: socket.socket,
        wait: Callable[[], None],
        pair: tuple[socket.socket, socket.socket],
    ) -> None:
        try:
            while chunk := source.recv(CHUNK_BYTES):
                self._flows.wait()
                wait()
                self._travel()
                if pair not in self._abandoned:
                    sink.sendall(chunk)
        except OSError:
            pass
        self._flows.wait()
        self._drop(pair, is_reset=False)

    def _travel(self) -> None:
        """The way of one piece of data."""
        is_lost = self.loss and random.random() < self.loss
        if delay_s := self.latency_s + (RESENT_AFTER_S if is_lost else 0.0):
            time.sleep(delay_s)

    def _late(self) -> None:
        if self.loses_replies:
            raise ConnectionResetError
        if self._replies_late:
            time.sleep(self._replies_late.pop())

    def _drop(self, pair: tuple[socket.socket, socket.socket], *, is_reset: bool) -> None:
        self._pairs.discard(pair)
        self._abandoned.discard(pair)
        for end in pair:
            try:
                if is_reset and end.family == socket.AF_INET:
                    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                # Wakes the thread that reads; a whole shutdown would say goodbye in order.
                end.shutdown(socket.SHUT_RD if is_reset else socket.SHUT_RDWR)
            except OSError:
                pass
            end.close()


def _at_once() -> None:
    """No wait."""


@contextmanager
def proxy(target: int | str) -> Iterator[Proxy]:
    """A proxy for the block."""
    running = Proxy(target).start()
    try:
        yield running
    finally:
        running.end()
