"""A Service of a cluster: each new connection goes to one of the programs behind it, in turn.

A program that is taken away gets no new connection, and keeps those that it has: so does a pod that
ends.
"""

import itertools
import socket
import threading

from tests.servers.proxy import Proxy


class Service(Proxy):
    """Listens on ``port``; without a program behind it, a connection is refused."""

    def __init__(self) -> None:
        super().__init__(0)
        self._ports: tuple[int, ...] = ()
        self._turns = itertools.count()
        self._changing = threading.Lock()

    def add(self, port: int) -> None:
        """Send new connections there, too."""
        with self._changing:
            self._ports = (*self._ports, port)

    def remove(self, port: int) -> None:
        """Send no new connection there."""
        with self._changing:
            self._ports = tuple(one for one in self._ports if one != port)

    def _connected(self) -> socket.socket:
        ports = self._ports
        if not ports:
            raise ConnectionRefusedError("nothing is behind this service")
        return socket.create_connection(("127.0.0.1", ports[next(self._turns) % len(ports)]))
