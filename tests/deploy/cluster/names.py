"""A name server that knows the Services of a render, as a cluster's DNS does, and nothing else."""

import socket
import struct
import threading
from collections.abc import Mapping
from typing import Final

A, AAAA = 1, 28
HEADER: Final = struct.Struct("!HHHHHH")
NO_SUCH_NAME: Final = 3


class NameServer:
    """Answers A queries for ``addresses`` by full name, over UDP on ``host``:53."""

    def __init__(self, host: str) -> None:
        self.addresses: dict[str, str] = {}
        self.asked: list[str] = []
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((host, 53))
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def start(self) -> None:
        """Answer from a thread until `stop`."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread."""
        self._socket.close()

    def _serve(self) -> None:
        while True:
            try:
                packet, client = self._socket.recvfrom(512)
                self._socket.sendto(answer(packet, self.addresses, self.asked), client)
            except OSError:
                return


def answer(packet: bytes, addresses: Mapping[str, str], asked: list[str]) -> bytes:
    """The reply to one query."""
    identity, _flags, _count, *_rest = HEADER.unpack_from(packet)
    labels, at = [], HEADER.size
    while length := packet[at]:
        labels.append(packet[at + 1 : at + 1 + length].decode())
        at += 1 + length
    (kind,) = struct.unpack_from("!H", packet, at + 1)
    question = packet[HEADER.size : at + 5]
    name = ".".join(labels).lower()
    asked.append(name)
    address = addresses.get(name)
    if address is None:
        return HEADER.pack(identity, 0x8180 | NO_SUCH_NAME, 1, 0, 0, 0) + question
    if kind != A:
        return HEADER.pack(identity, 0x8180, 1, 0, 0, 0) + question
    record = struct.pack("!HHHLH", 0xC00C, A, 1, 5, 4) + socket.inet_aton(address)
    return HEADER.pack(identity, 0x8180, 1, 1, 0, 0) + question + record
