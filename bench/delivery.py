"""Delivery by nginx from the store, beside delivery through Django: requests a second and CPU.

Both candidates stand behind the same nginx, check the same signature and read the same row; in one
the images role then streams the bytes from the store, in the other it only says where they are.
The store is a static file server, so that its cost is small and the same. They take turns, on the
loopback address only. Compare the ratios; the numbers are this machine's. Run
``python -m bench.delivery`` from the root of the project; it takes about a minute.
"""

import argparse
import json
import platform
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, Final

from bench.cpu import cpu_seconds
from bench.load import load
from tests.edge.server import Edge, nginx_binary, running_edge
from tests.servers.person import PHOTOGRAPHS, Person
from tests.servers.platform import GUNICORN, Platform
from tests.servers.platform import platform as split_platform
from tests.servers.ports import free_port, wait_for_port
from tests.servers.postgresql import postgresql
from tests.servers.processes import Program, wait_until_ready

ROOT: Final = Path(__file__).resolve().parent.parent
RESULTS: Final = ROOT / "bench" / "results" / "delivery.json"
TURN_S: Final = 2.0
CANDIDATES: Final = {"django": "false", "handed over": "true"}

STORE: Final = """
daemon off; worker_processes 1; pid {directory}/store.pid; error_log stderr crit;
events {{ worker_connections 512; }}
http {{
  access_log off; sendfile on; etag on; default_type application/octet-stream;
  client_body_temp_path {directory}/t1; proxy_temp_path {directory}/t2;
  fastcgi_temp_path {directory}/t3; uwsgi_temp_path {directory}/t4; scgi_temp_path {directory}/t5;
  server {{ listen 127.0.0.1:{port}; root {directory}/objects; }}
}}
"""


@dataclass(frozen=True)
class Candidate:
    """One way to deliver: its entrance, and the processes that the work is charged to."""

    edge: Edge
    role: Program
    port: int

    @property
    def cpu_s(self) -> float:
        """Processor seconds of nginx and of the role so far."""
        processes = (self.edge.pid, self.role.process.pid if self.role.process else 0)
        return sum(cpu_seconds(pid) for pid in processes if pid)


@contextmanager
def static_store(directory: Path, source: Platform) -> Iterator[str]:
    """The objects of ``source`` behind a file server that takes any signature."""
    client = source.store.client()
    for key in source.store.object_keys():
        target = directory / "objects" / source.store.bucket / key
        target.parent.mkdir(parents=True, exist_ok=True)
        client.download_file(source.store.bucket, key, str(target))
    for path in (directory, *directory.rglob("*")):
        path.chmod(0o755)
    port = free_port()
    file = directory / "store.conf"
    file.write_text(STORE.format(directory=directory, port=port))
    process = subprocess.Popen([nginx_binary() or "nginx", "-e", "stderr", "-c", str(file)])
    try:
        wait_for_port(port)
        yield f"127.0.0.1:{port}"
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(10)


@contextmanager
def candidate(split: Platform, store: str, *, name: str, accel: str) -> Iterator[Candidate]:
    """A process of the images role with its own nginx before it."""
    port = free_port()
    variables = split.environment("images") | {
        "PORT": str(port),
        "METRICS_PORT": "0",
        "S3_ENDPOINT_URL": f"http://{store}",
        "DELIVERY_ACCEL": accel,
        "TRUSTED_PROXY_COUNT": "1",
        "LOG_LEVEL": "ERROR",
    }
    role = Program(f"images {name}", GUNICORN, variables, split.directory)
    try:
        role.start()
        wait_until_ready(role, f"http://127.0.0.1:{port}/readyz")
        upstreams = dict.fromkeys(
            ("GATEWAY_UPSTREAM", "AUTH_UPSTREAM", "IMAGES_UPSTREAM"), f"127.0.0.1:{port}"
        )
        with running_edge({**upstreams, "STORE_UPSTREAM": store}) as edge:
            yield Candidate(edge, role, port)
    finally:
        role.stop()


def published(split: Platform) -> dict[str, str]:
    """The delivery paths of one photograph, by what they give."""
    alice: Person = split.person("alice")
    stored = alice.upload(PHOTOGRAPHS / "mountains.jpg").json
    alice.job_ended(stored["job"]["id"])
    image = alice.image(stored["image"]["id"])
    urls = {
        f"{item['preset']} {item['format']}": str(item["url"])
        for item in image["renditions"]
        if (item["preset"], item["format"]) in {("thumb", "webp"), ("large", "jpeg")}
    }
    urls["original"] = str(image["links"]["original"])
    return {name: f"/i/{url.partition('/i/')[2]}" for name, url in urls.items()}


def fetched(port: int, path: str, *, status: int) -> bytes:
    """The body at ``path``; raises ``RuntimeError`` when the status is another."""
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        reply = connection.getresponse()
        body = reply.read()
    finally:
        connection.close()
    if reply.status != status:
        raise RuntimeError(f"{reply.status} instead of {status}: {body[:200]!r}")
    return body


def measure(one: Candidate, path: str) -> dict[str, float]:
    """One turn: requests a second, and processor seconds for a thousand requests."""
    before = one.cpu_s
    outcome = load(f"{one.edge.url}{path}", {}, seconds=TURN_S)
    if outcome.refused:
        raise RuntimeError(f"{outcome.refused} of {outcome.requests} requests were refused.")
    cpu_s = one.cpu_s - before
    return {
        "requests_s": outcome.requests / outcome.seconds,
        "cpu_s_per_1000": cpu_s / outcome.requests * 1000,
    }


def compare(rounds: int) -> dict[str, Any]:
    """Every file by every candidate, in turns; the best turn of each and the ratios."""
    started = time.monotonic()
    report: dict[str, Any] = {"python": platform.python_version(), "rounds": rounds, "files": {}}
    with ExitStack() as stack:
        split = stack.enter_context(split_platform(stack.enter_context(postgresql())))
        paths = published(split)
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-delivery-")))
        store = stack.enter_context(static_store(directory, split))
        ways = {
            name: stack.enter_context(candidate(split, store, name=name, accel=accel))
            for name, accel in CANDIDATES.items()
        }
        for name, path in paths.items():
            report["files"][name] = _compared(ways, path, rounds)
    report["took_s"] = round(time.monotonic() - started, 1)
    return report


def _compared(ways: dict[str, Candidate], path: str, rounds: int) -> dict[str, Any]:
    django = fetched(ways["django"].port, path, status=200)
    fetched(ways["handed over"].port, path, status=307)
    if any(fetched(way.edge.port, path, status=200) != django for way in ways.values()):
        raise RuntimeError("The two ways deliver different bytes.")
    turns: dict[str, list[dict[str, float]]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            turns[name].append(measure(way, path))
    best = {
        name: {
            "requests_s": round(max(turn["requests_s"] for turn in measured), 1),
            "cpu_s_per_1000": round(min(turn["cpu_s_per_1000"] for turn in measured), 3),
        }
        for name, measured in turns.items()
    }
    through, over = best["django"], best["handed over"]
    return {
        "bytes": len(django),
        "candidates": best,
        "times_the_requests": round(over["requests_s"] / through["requests_s"], 2),
        "times_less_cpu": round(through["cpu_s_per_1000"] / over["cpu_s_per_1000"], 2),
    }


def show(report: dict[str, Any]) -> None:
    """Print the comparison."""
    for name, result in report["files"].items():
        print(f"{name}, {result['bytes']} bytes")
        for way, row in result["candidates"].items():
            print(
                f"  {way:12} {row['requests_s']:8.0f} requests/s  "
                f"{row['cpu_s_per_1000']:7.3f} s CPU per 1000"
            )
        print(
            f"  handed over: {result['times_the_requests']} times the requests, "
            f"{result['times_less_cpu']} times less CPU"
        )
    print(f"took {report['took_s']} s")


def main() -> int:
    """Compare, print and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="turns of each candidate")
    asked = parser.parse_args()
    if nginx_binary() is None:
        print("nginx is not installed; install it: apt-get install nginx-light", file=sys.stderr)
        return 2
    report = compare(asked.rounds)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    show(report)
    return 0


if __name__ == "__main__":
    sys.exit(main())
