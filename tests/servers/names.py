"""A name server with a handful of answers, for a test that changes them."""

import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from socket import inet_aton
from typing import Any

A_RECORD, INTERNET, TTL_S = 1, 1, 1
RESPONSE, NAME_ERROR = 0x8180, 0x8183
NAME_OF_QUESTION = 0xC00C


class NameServer(socketserver.ThreadingUDPServer):
    """Answers A queries from ``addresses``; any other name does not exist. UDP only."""

    daemon_threads = True

    def __init__(self, host: str, port: int) -> None:
        self.addresses: dict[str, list[str]] = {}
        self.asked: list[str] = []
        super().__init__((host, port), _Query)

    @property
    def address(self) -> str:
        """Where it listens, as ``host:port``."""
        host, port = self.socket.getsockname()
        return f"{host}:{port}"


class _Query(socketserver.BaseRequestHandler):
    server: NameServer
    request: Any

    def handle(self) -> None:
        query, reply_to = self.request
        name, end = _name_in(query)
        kind = struct.unpack_from("!H", query, end)[0]
        self.server.asked.append(name)
        known = self.server.addresses.get(name)
        answers = known or [] if kind == A_RECORD else []
        flags = NAME_ERROR if known is None else RESPONSE
        header = query[:2] + struct.pack("!5H", flags, 1, len(answers), 0, 0)
        records = [
            struct.pack("!3HIH", NAME_OF_QUESTION, A_RECORD, INTERNET, TTL_S, 4) + inet_aton(item)
            for item in answers
        ]
        reply_to.sendto(header + query[12 : end + 4] + b"".join(records), self.client_address)


def _name_in(query: bytes) -> tuple[str, int]:
    labels, at = [], 12
    while length := query[at]:
        labels.append(query[at + 1 : at + 1 + length].decode())
        at += 1 + length
    return ".".join(labels).lower(), at + 1


@contextmanager
def name_server(host: str = "127.0.0.1", port: int = 0) -> Iterator[NameServer]:
    """A name server on a free port of the loopback address, or on the address given."""
    with NameServer(host, port) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
