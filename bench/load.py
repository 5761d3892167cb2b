"""A load generator that costs little: threads with one kept-alive connection each.

Runs as a process of its own: the request on standard input, the outcome on standard output.
"""

import base64
import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

ROOT: Final = Path(__file__).resolve().parent.parent
CONNECTIONS: Final = 8
CHUNK_BYTES: Final = 65_536
TIMEOUT_S: Final = 10.0


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


def load(url: str, headers: Mapping[str, str], *, seconds: float) -> Outcome:
    """GET ``url`` on `CONNECTIONS` connections for ``seconds``, from another process.

    Raises ``CalledProcessError`` when a connection breaks.
    """
    parts = urlsplit(url)
    if parts.hostname != "127.0.0.1":
        raise ValueError("This loads the loopback address only.")
    lines = [f"GET {parts.path} HTTP/1.1", f"Host: {parts.netloc}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    raw = "\r\n".join([*lines, "", ""]).encode()
    asked = {"port": parts.port, "raw": base64.b64encode(raw).decode(), "seconds": seconds}
    done = subprocess.run(
        [sys.executable, "-m", "bench.load"],
        cwd=ROOT,
        input=json.dumps(asked).encode(),
        capture_output=True,
        check=True,
        timeout=seconds + 3 * TIMEOUT_S,
    )
    return Outcome(**json.loads(done.stdout))


class Connection(threading.Thread):
    """One client that asks again as soon as it is answered."""

    def __init__(self, port: int, raw: bytes, until: float) -> None:
        super().__init__(daemon=True)
        self.latencies: list[float] = []
        self.refused = 0
        self.failed = False
        self._socket = socket.create_connection(("127.0.0.1", port), TIMEOUT_S)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._raw = raw
        self._until = until

    def run(self) -> None:
        """Ask until the time has come."""
        try:
            while (started := time.perf_counter()) < self._until:
                self._socket.sendall(self._raw)
                self.refused += self._status() != 200
                self.latencies.append(time.perf_counter() - started)
        except (OSError, ValueError):
            self.failed = True
        finally:
            self._socket.close()

    def _status(self) -> int:
        """Read one answer to its end. Raises ``ValueError`` when it ends early."""
        answer = b""
        while (end := answer.find(b"\r\n\r\n")) < 0:
            answer += self._received()
        head = answer[:end].lower()
        rest = _length(head) - (len(answer) - end - 4)
        while rest > 0:
            rest -= len(self._received())
        return int(head[9:12])

    def _received(self) -> bytes:
        chunk = self._socket.recv(CHUNK_BYTES)
        if not chunk:
            raise ValueError("The connection was closed.")
        return chunk


def _length(head: bytes) -> int:
    _, found, rest = head.partition(b"\r\ncontent-length:")
    if not found:
        raise ValueError("The answer does not say how long it is.")
    return int(rest.partition(b"\r\n")[0])


def main() -> int:
    """Do what standard input says."""
    asked = json.load(sys.stdin)
    started = time.perf_counter()
    raw, until = base64.b64decode(asked["raw"]), started + asked["seconds"]
    clients = [Connection(asked["port"], raw, until) for _ in range(CONNECTIONS)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    seconds = time.perf_counter() - started
    took = sorted(latency for client in clients for latency in client.latencies)
    if any(client.failed for client in clients) or not took:
        print("A connection broke.", file=sys.stderr)
        return 1
    outcome = Outcome(
        requests=len(took),
        refused=sum(client.refused for client in clients),
        seconds=seconds,
        latency_ms=1000 * sum(took) / len(took),
        p95_ms=1000 * took[int(0.95 * (len(took) - 1))],
    )
    print(json.dumps(asdict(outcome)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
