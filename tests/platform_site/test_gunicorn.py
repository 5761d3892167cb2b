"""A role as it runs in the cluster: gunicorn with several workers, and their metrics joined."""

import json
import os
import re
import signal
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
import urllib3

from tests.platform_site.roles import Manifests, python
from tests.servers.ports import free_port
from tests.servers.processes import Program, wait_until_ready

pytestmark = pytest.mark.processes

COMMANDS = {
    "gunicorn": [sys.executable, "-m", "gunicorn", "-c", "python:platform_site.gunicorn"],
    "granian": [sys.executable, "-m", "platform_site.web.granian_server"],
}
JWKS = "/.well-known/jwks.json"


@dataclass
class Running:
    program: Program
    address: str
    metrics: str

    def get(self, path: str) -> urllib3.BaseHTTPResponse:
        return urllib3.request("GET", f"{self.address}{path}", timeout=10.0, retries=False)

    def counted(self, route: str, status: int) -> float:
        """What the exporter says about ``route``, over every worker that ever was."""
        text = urllib3.request("GET", self.metrics, timeout=10.0, retries=False).data.decode()
        sample = re.escape(
            f'http_requests_total{{method="GET",role="auth",route="{route}",status="{status}"}} '
        )
        found = re.findall(rf"^{sample}(\S+)$", text, re.MULTILINE)
        assert len(found) <= 1, "one line a label set, not one a process"
        return float(found[0]) if found else 0.0


@pytest.fixture(scope="module", params=COMMANDS)
def auth(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Running]:
    directory = tmp_path_factory.mktemp("gunicorn")
    stale = directory / "metrics"
    stale.mkdir()
    (stale / "counter_1.db").write_bytes(b"left by an earlier start")
    port, metrics_port = free_port(), free_port()
    environment = Manifests().environment("auth") | {
        "PORT": str(port),
        "METRICS_PORT": str(metrics_port),
        "WEB_WORKERS": "4",
        "WEB_THREADS": "2",
        "DATABASE_POOL_MAX": "0",
        "PROMETHEUS_MULTIPROC_DIR": str(stale),
    }
    program = Program("auth", COMMANDS[request.param], environment, directory)
    program.start()
    address = f"http://127.0.0.1:{port}"
    wait_until_ready(program, f"{address}/livez")
    yield Running(program, address, f"http://127.0.0.1:{metrics_port}/metrics")
    program.stop()


def test_every_request_over_every_worker_is_counted_exactly_once(auth: Running) -> None:
    before = auth.counted(JWKS, 200), auth.counted("unrouted", 404)
    with ThreadPoolExecutor(8) as threads:
        statuses = list(threads.map(lambda _n: auth.get(JWKS).status, range(203)))
        missing = list(threads.map(lambda n: auth.get(f"/scan/{n}").status, range(20)))
    assert statuses == [200] * 203
    assert missing == [404] * 20
    workers = {file.name.rpartition("_")[2] for file in metric_files(auth)}
    assert len(workers) >= 2
    after = auth.counted(JWKS, 200), auth.counted("unrouted", 404)
    assert (after[0] - before[0], after[1] - before[1]) == (203.0, 20.0)


def children(pid: int) -> set[int]:
    return {int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()}


def test_a_worker_that_is_killed_takes_no_count_with_it_and_leaves_none_twice(
    auth: Running,
) -> None:
    assert auth.program.process is not None
    parent = auth.program.process.pid
    before = auth.counted(JWKS, 200)
    for round_number in range(2):
        with ThreadPoolExecutor(8) as threads:
            list(threads.map(lambda _n: auth.get(JWKS), range(40)))
        assert auth.counted(JWKS, 200) - before == 40.0 * (round_number + 1)
        workers = children(parent)
        killed = min(workers)
        os.kill(killed, signal.SIGKILL)
        deadline = time.monotonic() + 20
        while len(children(parent) - {killed}) < len(workers):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        assert auth.counted(JWKS, 200) - before == 40.0 * (round_number + 1)


def memory_bytes(pid: int) -> dict[str, int]:
    """What the kernel says: ``Rss``, and ``Pss``, in which what is shared counts by its share."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    pairs = (line.split(":") for line in lines)
    return {name: int(rest.split()[0]) * 1024 for name, rest in pairs}


def test_web_processes_share_what_was_loaded_before_the_fork(auth: Running) -> None:
    assert auth.program.process is not None
    for _ in range(20):
        auth.get(JWKS)
    for worker in children(auth.program.process.pid):
        used = memory_bytes(worker)
        own = used["Private_Clean"] + used["Private_Dirty"]
        assert own < used["Rss"] / 2, used
        assert own < 40_000_000, used


def test_a_reload_replaces_the_workers_and_keeps_their_counts(auth: Running) -> None:
    assert auth.program.process is not None
    parent = auth.program.process.pid
    assert auth.get(JWKS).status == 200
    before, former = auth.counted(JWKS, 200), children(parent)
    os.kill(parent, signal.SIGHUP)
    deadline = time.monotonic() + 30
    while children(parent) & former or len(children(parent)) < len(former):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert [auth.get(JWKS).status for _ in range(10)] == [200] * 10
    assert auth.counted(JWKS, 200) - before == 10.0


LOADED = """
import json, os, threading
from pathlib import Path
from types import SimpleNamespace
from platform_site import gunicorn

def load():
    from platform_site.wsgi import application
    return application

gunicorn.on_starting(SimpleNamespace(app=SimpleNamespace(wsgi=load)))
from django.db import connections
found = [os.readlink(f"/proc/self/fd/{name}") for name in os.listdir("/proc/self/fd")
         if Path(f"/proc/self/fd/{name}").exists()]
print(json.dumps({
    "threads": threading.active_count(),
    "sockets": [each for each in found if each.startswith(("socket:", "anon_inode:"))],
    "databases": [each.alias for each in connections.all(initialized_only=True) if each.connection],
}))
gunicorn.on_exit(None)
"""


@pytest.mark.parametrize("role", ["auth", "gateway", "images", "admin"])
def test_nothing_is_open_and_no_thread_runs_when_a_role_is_forked(role: str) -> None:
    done = python("-c", LOADED, environment=Manifests().environment(role))
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert found == {"threads": 1, "sockets": [], "databases": []}


def test_a_role_that_may_not_start_says_why_and_ends(tmp_path: Path) -> None:
    environment = {
        "DJANGO_SETTINGS_MODULE": "platform_site.settings.embedded",
        "VAR_DIR": str(tmp_path),
        "PORT": str(free_port()),
        "PROMETHEUS_MULTIPROC_DIR": str(tmp_path / "metrics"),
    }
    done = python(*COMMANDS["gunicorn"][1:], environment=environment)
    assert done.returncode != 0
    assert "Keys are missing in" in done.stderr
    assert not (tmp_path / "metrics").exists()


def metric_files(auth: Running) -> list[Path]:
    return list((auth.program.log.parent / "metrics").glob("counter_*.db"))


def test_what_an_earlier_start_left_is_not_counted(auth: Running) -> None:
    assert "counter_1.db" not in {file.name for file in metric_files(auth)}


def test_the_metrics_are_not_on_the_public_port(auth: Running) -> None:
    assert auth.get("/metrics").status == 404


def test_a_lost_database_is_not_ready_and_still_lives(auth: Running) -> None:
    reply = auth.get("/readyz")
    assert (reply.status, reply.json()["failed"]["database"]) == (
        503,
        "The database gives no answer.",
    )
    assert auth.get("/livez").json()["role"] == "auth"


def test_every_line_of_the_log_is_json(auth: Running) -> None:
    auth.get(JWKS)
    assert "Traceback" not in auth.program.words()
