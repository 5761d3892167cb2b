"""A load generator that costs little: one thread and many kept-alive connections.

Runs as a process of its own: the request on standard input, the outcome on standard output.
"""

import base64
import json
import os
import select
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

ROOT: Final = Path(__file__).resolve().parent.parent
CONNECTIONS: Final = 32
CHUNK_BYTES: Final = 262_144
TIMEOUT_S: Final = 10.0
WITHOUT_CONTENT: Final = frozenset({204, 304})


@dataclass(frozen=True)
class Outcome:
    """``requests`` in ``seconds``, and how long they took: the mean and the 95th percentile.

    ``refused`` counts answers other than 200.
    """

    requests: int
    refused: int
    seconds: float
    latency_ms: float
    p95_ms: float


def load(
    url: str,
    headers: Mapping[str, str],
    *,
    seconds: float,
    connections: int = CONNECTIONS,
    bodies: Sequence[str] = (),
    follow: str = "",
    cores: Sequence[int] = (),
) -> Outcome:
    """Ask for ``url`` on ``connections`` connections for ``seconds``, from another process.

    GET, or POST when there are ``bodies``, of which each connection begins with its own (they
    are taken in turn). ``follow`` names the field of a JSON answer that its connection sends as
    the next body, under the same name. ``cores`` are those that the generator may run on; all if
    empty. Raises ``CalledProcessError`` when a connection breaks.
    """
    parts = urlsplit(url)
    if parts.hostname != "127.0.0.1":
        raise ValueError("This loads the loopback address only.")
    target = f"{parts.path}?{parts.query}" if parts.query else parts.path
    lines = [f"{'POST' if bodies else 'GET'} {target} HTTP/1.1", f"Host: {parts.netloc}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    asked = {
        "port": parts.port,
        "head": base64.b64encode("\r\n".join([*lines, ""]).encode()).decode(),
        "bodies": list(bodies),
        "follow": follow,
        "seconds": seconds,
        "connections": connections,
        "cores": list(cores),
    }
    done = subprocess.run(
        [sys.executable, "-m", "bench.load"],
        cwd=ROOT,
        input=json.dumps(asked).encode(),
        stdout=subprocess.PIPE,
        check=True,
        timeout=seconds + 3 * TIMEOUT_S,
    )
    return Outcome(**json.loads(done.stdout))


class Connection:
    """One client that asks again as soon as it is answered."""

    def __init__(self, port: int, head: bytes, body: str | None, follow: str) -> None:
        self.latencies: list[float] = []
        self.refused = 0
        self.socket = socket.create_connection(("127.0.0.1", port), TIMEOUT_S)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._head = head
        self._follow = follow
        self._raw = self._request(body)
        self._answer = bytearray()
        self._whole = 0  # bytes of the answer that is coming; 0 until its head is here
        self._sent = 0.0

    def ask(self) -> None:
        """Send the next request."""
        self._sent = time.perf_counter()
        self.socket.sendall(self._raw)

    def close(self) -> None:
        """End the connection."""
        self.socket.close()

    def receive(self) -> bool:
        """Take what has come; True when that ends the answer.

        Raises ``ValueError`` when the connection ends before.
        """
        chunk = self.socket.recv(CHUNK_BYTES)
        if not chunk:
            raise ValueError("The connection was closed.")
        self._answer += chunk
        if not self._whole:
            end = self._answer.find(b"\r\n\r\n")
            if end < 0:
                return False
            self._whole = end + 4 + _length(bytes(self._answer[:end]).lower())
        if len(self._answer) < self._whole:
            return False
        self._end()
        return True

    def _end(self) -> None:
        self.latencies.append(time.perf_counter() - self._sent)
        is_good = self._answer[9:12] == b"200"
        self.refused += not is_good
        if self._follow and is_good:
            answer = json.loads(self._answer.partition(b"\r\n\r\n")[2])
            self._raw = self._request(json.dumps({self._follow: answer[self._follow]}))
        self._answer.clear()
        self._whole = 0

    def _request(self, body: str | None) -> bytes:
        if body is None:
            return self._head + b"\r\n"
        raw = body.encode()
        return self._head + b"Content-Length: %d\r\n\r\n" % len(raw) + raw


def _length(head: bytes) -> int:
    _, found, rest = head.partition(b"\r\ncontent-length:")
    if found:
        return int(rest.partition(b"\r\n")[0])
    if int(head[9:12]) in WITHOUT_CONTENT:
        return 0
    raise ValueError("The answer does not say how long it is.")


def serve(clients: Sequence[Connection], until: float) -> None:
    """Have every client ask until the time has come, and read its last answer."""
    with select.epoll() as poller:
        by_number = {client.socket.fileno(): client for client in clients}
        for number, client in by_number.items():
            poller.register(number, select.EPOLLIN)
            client.ask()
        while by_number:
            events = poller.poll(TIMEOUT_S)
            if not events:
                raise TimeoutError("There is no answer.")
            for number, _ in events:
                client = by_number[number]
                if not client.receive():
                    continue
                if time.perf_counter() < until:
                    client.ask()
                else:
                    poller.unregister(number)
                    del by_number[number]


def outcome_of(asked: Mapping[str, Any]) -> Outcome:
    """Do what is asked, in this process."""
    head, bodies = base64.b64decode(asked["head"]), asked["bodies"] or [None]
    clients = [
        Connection(asked["port"], head, bodies[number % len(bodies)], asked["follow"])
        for number in range(asked["connections"])
    ]
    started = time.perf_counter()
    try:
        serve(clients, started + asked["seconds"])
    finally:
        for client in clients:
            client.close()
    seconds = time.perf_counter() - started
    took = sorted(latency for client in clients for latency in client.latencies)
    return Outcome(
        requests=len(took),
        refused=sum(client.refused for client in clients),
        seconds=seconds,
        latency_ms=1000 * sum(took) / len(took),
        p95_ms=1000 * took[int(0.95 * (len(took) - 1))],
    )


def main() -> int:
    """Do what standard input says."""
    asked = json.load(sys.stdin)
    if asked["cores"]:
        os.sched_setaffinity(0, asked["cores"])
    try:
        print(json.dumps(asdict(outcome_of(asked))))
    except (OSError, ValueError) as exc:
        print(f"A connection broke: {exc}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
