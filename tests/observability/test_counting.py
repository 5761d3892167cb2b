"""N requests count as N, and N jobs as N, however many processes share the work."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import psycopg
import pytest
import urllib3
from celery import Celery
from prometheus_client.parser import text_string_to_metric_families
from redis import Redis

from tests.observability.stack import Stack
from tests.observability.traffic import distinct_photograph
from tests.servers.person import Person
from tests.servers.platform import GUNICORN, WORKER
from tests.servers.ports import free_port
from tests.servers.processes import Program, wait_until_ready
from tests.waiting import until

pytestmark = pytest.mark.processes

REQUEST_ID = "whose-run-was-killed"


class Counted:
    """One program with a metrics port and a directory of metrics that the test may look into."""

    def __init__(self, program: Program, *, port: int, metrics_port: int, directory: Path) -> None:
        self.program = program
        self.port = port
        self.directory = directory
        self._metrics = f"http://127.0.0.1:{metrics_port}/metrics"

    def value(self, name: str, **labels: str) -> float:
        """The sum of the samples of that name which have these labels."""
        text = urllib3.request("GET", self._metrics, timeout=10.0).data.decode()
        return sum(
            sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
            if sample.name == name and labels.items() <= sample.labels.items()
        )

    def slots(self) -> set[str]:
        """Whose files there are."""
        return {path.stem.rpartition("_")[2] for path in self.directory.glob("counter_*.db")}

    def children(self) -> list[int]:
        """The processes that do the work."""
        assert self.program.process is not None
        listed = subprocess.run(
            ["ps", "-o", "pid=", "--ppid", str(self.program.process.pid)],
            capture_output=True,
            text=True,
            check=False,  # while there is none
        )
        return [int(pid) for pid in listed.stdout.split()]

    def replace_a_child(self) -> None:
        """Kill one, as the kernel does, and wait for its successor."""
        before = self.children()
        os.kill(before[0], signal.SIGKILL)
        until(
            lambda: before[0] not in (now := self.children()) and len(now) == len(before),
            timeout_s=30,
        )


@contextmanager
def counted(
    stack: Stack, role: str, command: tuple[str, ...], directory: Path
) -> Iterator[Counted]:
    """A further program of ``role``, beside the stack's own."""
    port, metrics_port = free_port(), free_port()
    environment = {
        **stack.split.environment(role),
        "PORT": str(port),
        "METRICS_PORT": str(metrics_port),
        "WEB_WORKERS": "4",
        "WORKER_HEARTBEAT_FILE": str(directory.with_suffix(".heartbeat")),
        "PROMETHEUS_MULTIPROC_DIR": str(directory),
        "OTEL_EXPORTER_OTLP_ENDPOINT": "",
    }
    program = Program(f"{role}-counted", command, environment, directory.parent)
    program.start()
    try:
        yield Counted(program, port=port, metrics_port=metrics_port, directory=directory)
    finally:
        program.stop()


def asked(port: int, path: str, *, times: int) -> None:
    """So many requests from sixteen threads, each on a connection of its own."""

    def ask(_number: int) -> int:
        url = f"http://127.0.0.1:{port}{path}"
        return urllib3.PoolManager().request("GET", url, headers={"Connection": "close"}).status

    with ThreadPoolExecutor(16) as threads:
        assert set(threads.map(ask, range(times))) == {401}


def test_n_requests_over_four_processes_count_exactly_n(quiet_stack: Stack, tmp_path: Path) -> None:
    with counted(quiet_stack, "gateway", GUNICORN, tmp_path / "metrics") as gateway:
        wait_until_ready(gateway.program, f"http://127.0.0.1:{gateway.port}/readyz")
        route = {"route": "/api/v1/images", "method": "GET", "role": "gateway"}
        asked(gateway.port, "/api/v1/images", times=400)

        assert len(gateway.children()) == 4
        assert gateway.value("http_requests_total", **route, status="401") == 400
        assert gateway.value("http_request_seconds_count", **route) == 400
        assert gateway.value("http_request_seconds_bucket", **route, le="+Inf") == 400
        assert gateway.value("http_requests_total") == 400
        assert gateway.value("platform_build_info", role="gateway") == 1
        assert len(gateway.slots() - {"parent"}) >= 2, "one process answered everything"

        gateway.replace_a_child()
        wait_until_ready(gateway.program, f"http://127.0.0.1:{gateway.port}/readyz")
        asked(gateway.port, "/api/v1/images", times=100)
        assert gateway.value("http_requests_total", **route, status="401") == 500
        assert gateway.slots() <= {"parent", "web0", "web1", "web2", "web3"}


def test_buckets_stand_where_the_objectives_are(quiet_stack: Stack, tmp_path: Path) -> None:
    port = quiet_stack.split.metrics_ports["gateway"]
    quiet_stack.person("alice").send("GET", "/api/v1/images")
    text = urllib3.request("GET", f"http://127.0.0.1:{port}/metrics", timeout=10.0).data.decode()
    for bound in ("0.1", "0.3"):
        assert f'le="{bound}"' in text


def test_n_jobs_over_several_children_count_exactly_n(quiet_stack: Stack, tmp_path: Path) -> None:
    alice = quiet_stack.person("alice")
    command = tuple("3" if word == "1" else word for word in WORKER)
    quiet_stack.split.programs["worker"].stop()
    try:
        with counted(quiet_stack, "worker", command, tmp_path / "metrics") as worker:
            _rendered(alice, range(100, 109))
            assert worker.value("images_jobs_total", kind="render", outcome="succeeded") == 9
            assert worker.value("images_renditions_total") == 18
            # On a slow machine a job waits for so long that the sweep sends it once more, for
            # nothing: a task, but not a job.
            until(
                lambda: (
                    worker.value("celery_tasks_total", task="images.render")
                    == worker.value("celery_task_seconds_count", task="images.render")
                    == 9 + worker.value("images_jobs_requeued_total")
                ),
                timeout_s=30,
            )
            # The report may be some seconds old, from before the worker was heard.
            until(lambda: worker.value("platform_workers", state="alive") == 1, timeout_s=30)
            assert len(worker.slots() - {"parent"}) >= 2, "one child did everything"

            worker.replace_a_child()
            _rendered(alice, range(109, 112))
            assert worker.value("images_jobs_total", kind="render", outcome="succeeded") == 12
            assert worker.slots() <= {"parent", "child0", "child1", "child2"}
    finally:
        quiet_stack.split.start("worker")


def test_the_depth_and_age_of_a_queue_are_live(quiet_stack: Stack) -> None:
    alice = quiet_stack.person("alice")
    jobs = [
        alice.upload(distinct_photograph(number)).json["job"]["id"] for number in range(200, 214)
    ]

    def highest(metric: str) -> float:
        found = quiet_stack.query(f'max_over_time({metric}{{queue="interactive"}}[1m])')
        return max((float(series["value"][1]) for series in found), default=0.0)

    until(lambda: highest("platform_queue_oldest_seconds") > 0.5, timeout_s=30)
    until(lambda: highest("platform_queue_depth") >= 1, timeout_s=30)
    for job in jobs:
        alice.job_ended(job)
    deadline = time.monotonic() + 20
    while quiet_stack.query('platform_queue_depth{queue="interactive"} > 0'):
        assert time.monotonic() < deadline
        time.sleep(0.5)


def _rendered(alice: Person, numbers: range) -> None:
    jobs = [
        alice.upload(distinct_photograph(number), presets="thumb").json["job"]["id"]
        for number in numbers
    ]
    for job in jobs:
        assert alice.job_ended(job)["state"] == "succeeded"


LIMITED: Final = (*WORKER, "--include", "tests.servers.short_runs")


@pytest.mark.parametrize(
    ("to_the_child", "reason"),
    [(signal.SIGKILL, "worker_lost"), (signal.SIGSTOP, "time_limit")],  # the latter hears nothing
)
def test_a_run_that_is_killed_is_counted_and_told(
    quiet_stack: Stack, tmp_path: Path, to_the_child: signal.Signals, reason: str
) -> None:
    alice = quiet_stack.person("alice")
    quiet_stack.split.programs["worker"].stop()
    try:
        job = alice.upload(distinct_photograph(200 + to_the_child)).json["job"]["id"]
        with (
            held(quiet_stack, job) as somebody_waits,
            counted(quiet_stack, "worker", LIMITED, tmp_path / "metrics") as worker,
        ):
            until(somebody_waits, timeout_s=60)
            os.kill(worker.children()[0], to_the_child)
            killed = {"task": "images.render", "outcome": "killed"}
            until(lambda: worker.value("celery_tasks_total", **killed) == 1, timeout_s=30)
        (told,) = [
            event
            for event in worker.program.events()
            if (event["event"], event.get("outcome")) == ("task", "killed")
        ]
        assert (told["task"], told["reason"]) == ("images.render", reason)
        assert told["request_id"] == REQUEST_ID
    finally:
        quiet_stack.split.start("worker")


@contextmanager
def held(stack: Stack, job: str) -> Iterator[Callable[[], bool]]:
    """Nobody gets at the job's row in this block; gives whether somebody tries.

    Its message is the only one that waits.
    """
    url = stack.split.database_url
    with psycopg.connect(url) as holder, psycopg.connect(url, autocommit=True) as looker:
        query = "SELECT dispatch_id::text FROM images_job WHERE id = %s FOR UPDATE"
        row = holder.execute(query, [job]).fetchone()
        assert row is not None
        with Redis.from_url(stack.split.broker.url) as broker:
            broker.delete("interactive")
        Celery(broker=stack.split.broker.url, set_as_current=False).send_task(
            "images.render",
            [job, row[0]],
            queue="interactive",
            headers={"request_id": REQUEST_ID},
        )

        def somebody_waits() -> bool:
            row = looker.execute("SELECT count(*) FROM pg_locks WHERE NOT granted").fetchone()
            return row is not None and row[0] > 0

        yield somebody_waits
        holder.rollback()
