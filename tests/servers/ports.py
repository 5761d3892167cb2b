"""Free ports and waiting until somebody listens on them."""

import itertools
import random
import socket
import time
from typing import Final

# Below those that the kernel gives to outgoing connections (`ip_local_port_range`): one of these
# could take the port before the server that it is meant for, or while that server is down.
PORTS: Final = range(20_000, 32_000)
_next: Final = itertools.count(random.randrange(len(PORTS)))  # two runs at once rarely meet


def free_port() -> int:
    """A TCP port that nobody listens on now, and that this run has not given out before."""
    for number in itertools.islice(_next, len(PORTS)):
        port = PORTS[number % len(PORTS)]
        with socket.socket() as probe:
            try:
                probe.bind(("", port))
            except OSError:
                continue
            return port
    raise RuntimeError("every port is in use")


def wait_for_port(port: int, *, host: str = "127.0.0.1", timeout_s: float = 30.0) -> None:
    """Return once ``port`` accepts a connection; raises ``TimeoutError``."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            probe.settimeout(0.5)
            if probe.connect_ex((host, port)) == 0:
                return
        time.sleep(0.02)
    raise TimeoutError(f"nobody listens on port {port} after {timeout_s} s")
