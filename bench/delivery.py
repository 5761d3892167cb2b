"""Delivery of bytes by signed address: for the first time, again, and through the role alone.

All stand behind the same nginx. The first request of an address asks the role, which reads a row
and says where the bytes are; further ones are answered from nginx's cache. Beside them the role
streams the bytes itself, and another nginx serves the same file from a directory, which is also the
store: its cost is small, and not counted. They take turns, on the loopback address only. Run
``python -m bench.delivery`` from the root of the project; it takes about two minutes.
"""

import argparse
import json
import platform
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection
from itertools import count, islice
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from bench.cpu import cpu_seconds
from bench.load import load
from bench.reports import write
from bench.spread import spread, words
from bench.verdict import Verdict
from images.url_signing import path_signed
from tests.edge.server import nginx_binary, running_edge
from tests.servers.person import PHOTOGRAPHS, Person
from tests.servers.platform import GUNICORN, Platform
from tests.servers.platform import platform as split_platform
from tests.servers.ports import free_port, wait_for_port
from tests.servers.postgresql import postgresql
from tests.servers.processes import Program, wait_until_ready

TURN_S: Final = 2.0
FIRST_TIMES: Final = 400
"""Addresses of one object that are asked for once each, in a turn."""
MISS_MS: Final = 0.7
"""The most that a miss may cost the role."""
HIT_MS: Final = 0.1
"""The most that a hit may cost, in all."""

STORE: Final = """
daemon off; worker_processes 1; pid {directory}/store.pid; error_log stderr crit;
events {{ worker_connections 512; }}
http {{
  access_log off; sendfile on; etag on; default_type application/octet-stream;
  keepalive_requests 1000000;
  client_body_temp_path {directory}/t1; proxy_temp_path {directory}/t2;
  fastcgi_temp_path {directory}/t3; uwsgi_temp_path {directory}/t4; scgi_temp_path {directory}/t5;
  server {{ listen 127.0.0.1:{port}; root {directory}/objects; }}
}}
"""


@dataclass(frozen=True)
class Candidate:
    """One way to deliver: its entrance, and the processes that the work is charged to."""

    url: str
    nginx: int
    role: int | None = None

    @property
    def cpu_s(self) -> tuple[float, float]:
        """Processor seconds of nginx and of the role so far."""
        return cpu_seconds(self.nginx), cpu_seconds(self.role) if self.role else 0.0


@contextmanager
def static_store(directory: Path, source: Platform) -> Iterator[Candidate]:
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
        yield Candidate(f"http://127.0.0.1:{port}", process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(10)


@contextmanager
def candidate(split: Platform, store: str, *, accel: str) -> Iterator[Candidate]:
    """A process of the images role with its own nginx before it."""
    port = free_port()
    variables = split.environment("images") | {
        "PORT": str(port),
        "METRICS_PORT": "0",
        "S3_ENDPOINT_URL": store,
        "DELIVERY_ACCEL": accel,
        "TRUSTED_PROXY_COUNT": "1",
        "LOG_LEVEL": "ERROR",
    }
    role = Program(f"images {accel}", GUNICORN, variables, split.directory)
    try:
        role.start()
        wait_until_ready(role, f"http://127.0.0.1:{port}/readyz")
        upstreams = dict.fromkeys(
            ("GATEWAY_UPSTREAM", "AUTH_UPSTREAM", "IMAGES_UPSTREAM"), f"127.0.0.1:{port}"
        )
        with running_edge({**upstreams, "STORE_UPSTREAM": urlsplit(store).netloc}) as edge:
            yield Candidate(edge.url, edge.pid, role.process.pid if role.process else None)
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


def directory_path(split: Platform, content: bytes) -> str:
    """The path in the static store of an object with these bytes."""
    client = split.store.client()
    for key in split.store.object_keys():
        stored = client.get_object(Bucket=split.store.bucket, Key=key)["Body"].read()
        if stored == content:
            return f"/{split.store.bucket}/{key}"
    raise RuntimeError("No object has these bytes.")


def addresses(split: Platform, path: str) -> Iterator[str]:
    """Other addresses of what ``path`` names: each ends a second earlier than the last."""
    keys = json.loads(Path(split.environment("images")["DELIVERY_KEYS_FILE"]).read_text())
    _, _, _, end, _, spec, name = path.split("/")
    for earlier in count(1):
        yield path_signed(keys=keys, spec=spec, name=name, expires_at=int(end) - earlier)


def fetched(url: str, paths: Iterable[str]) -> bytes:
    """The last of the bodies at ``paths``, asked for one after another on one connection."""
    connection, body = HTTPConnection(urlsplit(url).netloc, timeout=10), b""
    try:
        for path in paths:
            connection.request("GET", path)
            reply = connection.getresponse()
            body = reply.read()
            if reply.status != HTTPStatus.OK:
                raise RuntimeError(f"{reply.status}: {body[:200]!r}")
    finally:
        connection.close()
    return body


def again(one: Candidate, path: str) -> int:
    """Ask for one address for the time of a turn; how often that was done."""
    outcome = load(f"{one.url}{path}", {}, seconds=TURN_S)
    if outcome.refused:
        raise RuntimeError(f"{outcome.refused} of {outcome.requests} requests were refused.")
    return outcome.requests


def cost(one: Candidate, ask: Callable[[], int]) -> tuple[float, float]:
    """Milliseconds of nginx and of the role for each of the requests that ``ask`` makes."""
    before = one.cpu_s
    requests = ask()
    nginx, role = (now - then for now, then in zip(one.cpu_s, before, strict=True))
    return nginx / requests * 1000, role / requests * 1000


def compare(rounds: int) -> dict[str, Any]:
    """Every file by every way, in turns, with the spread over the turns."""
    started = time.monotonic()
    report: dict[str, Any] = {"python": platform.python_version(), "rounds": rounds, "files": {}}
    with ExitStack() as stack:
        split = stack.enter_context(split_platform(stack.enter_context(postgresql())))
        paths = published(split)
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-delivery-")))
        static = stack.enter_context(static_store(directory, split))
        through = stack.enter_context(candidate(split, static.url, accel="false"))
        over = stack.enter_context(candidate(split, static.url, accel="true"))
        for name, path in paths.items():
            report["files"][name] = _compared(split, path, (static, through, over), rounds)
    report["took_s"] = round(time.monotonic() - started, 1)
    return report


def _compared(
    split: Platform, path: str, ways: tuple[Candidate, Candidate, Candidate], rounds: int
) -> dict[str, Any]:
    static, through, over = ways
    content = fetched(through.url, [path])
    if fetched(over.url, [path, path]) != content:
        raise RuntimeError("The two ways deliver different bytes.")
    others, file = addresses(split, path), directory_path(split, content)

    def first_times() -> int:
        fetched(over.url, islice(others, FIRST_TIMES))
        return FIRST_TIMES

    turns: dict[str, list[tuple[float, float]]] = {}
    for _ in range(rounds):
        for name, measured in (
            ("first", cost(over, first_times)),
            ("again", cost(over, lambda: again(over, path))),
            ("through", cost(through, lambda: again(through, path))),
            ("static", cost(static, lambda: again(static, file))),
        ):
            turns.setdefault(name, []).append(measured)
    return {
        "bytes": len(content),
        "cpu_ms": {
            name: {
                "nginx": spread([nginx for nginx, _ in found]),
                "role": spread([role for _, role in found]),
                "all": spread([nginx + role for nginx, role in found]),
            }
            for name, found in turns.items()
        },
    }


def verdicts(report: dict[str, Any]) -> list[Verdict]:
    """Whether the targets are met, by the thumbnail."""
    cpu_ms = report["files"]["thumb webp"]["cpu_ms"]
    miss, hit = cpu_ms["first"]["role"], cpu_ms["again"]["all"]
    return [
        Verdict("the role, first time", f"{MISS_MS} ms", words(miss), miss["median"] <= MISS_MS),
        Verdict("nginx, again", f"{HIT_MS} ms", words(hit), hit["median"] <= HIT_MS),
    ]


def show(report: dict[str, Any]) -> None:
    """Print the comparison."""
    for name, result in report["files"].items():
        print(f"{name}, {result['bytes']} bytes: processor time of a request, ms")
        for way, row in result["cpu_ms"].items():
            parts = ", ".join(f"{part} {words(row[part], 3)}" for part in ("nginx", "role"))
            print(f"  {way:8} {words(row['all'], 3)}: {parts}")
    for one in verdicts(report):
        print(
            f"{one.what}: {one.measured} ms, target {one.target}, {'met' if one.met else 'MISSED'}"
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
    write("delivery", report)
    show(report)
    return 0 if all(one.met for one in verdicts(report)) else 1


if __name__ == "__main__":
    sys.exit(main())
