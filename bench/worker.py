"""A photograph through the real worker beside the pure core alone: processor time of each.

The worker runs as in a deployment, over PostgreSQL, S3 over HTTP and Redis; the core makes the
same renditions of the same file in a process of its own. Rounds take turns. Then jobs whose files
were made beforehand: what a job costs beside its pixels. Run ``python -m bench.worker``.
"""

import argparse
import hashlib
import io
import json
import os
import platform as machine
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import psycopg

from bench.core import make_input
from bench.cpu import cpu_seconds, parent_of
from tests.servers.person import Person
from tests.servers.platform import Platform, platform
from tests.servers.postgresql import postgresql
from tests.servers.processes import KEPT

ROOT: Final = Path(__file__).resolve().parent.parent
RESULTS: Final = ROOT / "bench" / "results" / "worker.json"

SIZE: Final = (4000, 3000)
PRESETS: Final = ("thumb", "small", "medium", "large")
TARGET_RATIO: Final = 1.5
SMALL_SIZE: Final = (900, 675)
"""Larger than all presets but one, so that no two of its eight renditions have the same bytes."""
JOBS: Final = 40
WARMING_JOBS: Final = 3
TARGET_BESIDE_MS: Final = 25.0
TARGET_DATABASE_MS: Final = 8.0
CHILD_TIMEOUT_S: Final = 120.0
_numbers = count(1)


@dataclass(frozen=True)
class Bench:
    """A running platform, the person who sends, the file, and whose processor time is taken."""

    split: Platform
    alice: Person
    file: Path
    pids: Mapping[str, int]


def distinct(file: Path) -> bytes:
    """The same picture as other bytes, by a comment, so that it is not taken for a duplicate."""
    content = file.read_bytes()
    words = f"number {next(_numbers)} of {time.time_ns()}".encode()
    return content[:2] + b"\xff\xfe" + (len(words) + 2).to_bytes(2, "big") + words + content[2:]


@contextmanager
def bench_ready() -> Iterator[Bench]:
    """The split platform with a worker that is warm."""
    with (
        tempfile.TemporaryDirectory(prefix="bench-worker-") as folder,
        postgresql() as url,
        platform(url, extra={"LOG_LEVEL": "INFO"}) as split,
    ):
        file = Path(folder) / "photograph.jpg"
        make_input(file, SIZE)
        ready = Bench(split, split.person("alice"), file, _pids(split, url))
        publish(ready, 2)
        yield ready


def _pids(split: Platform, url: str) -> dict[str, int]:
    worker = split.programs["worker"].process
    store = split.store._program  # noqa: SLF001 - it tells nobody else who it is
    store_process = store.process if store else None
    with psycopg.connect(url) as connection:
        backend = connection.info.backend_pid
        server = parent_of(backend)  # while it lives; a server elsewhere has no process here
    processes = {"worker": worker, "object store": store_process}
    found = {name: process.pid for name, process in processes.items() if process is not None}
    return found if server is None else {**found, "PostgreSQL": server}


def publish(bench: Bench, photographs: int) -> None:
    """Send ``photographs`` and wait until each has all its renditions."""
    jobs = []
    for _ in range(photographs):
        answer = bench.alice.upload(distinct(bench.file), presets=",".join(PRESETS))
        if answer.status != 202:
            raise RuntimeError(f"The upload is refused: {answer.body!r}")
        jobs.append(answer.json["job"]["id"])
    for job_id in jobs:
        job = bench.alice.job_ended(job_id)
        if job["state"] != "succeeded":
            raise RuntimeError(f"The job has failed: {job}")


def worker_round(bench: Bench, photographs: int) -> dict[str, float]:
    """Processor seconds a photograph, of the worker and of the servers behind it."""
    before = {name: cpu_seconds(pid) for name, pid in bench.pids.items()}
    publish(bench, photographs)
    return {
        name: (cpu_seconds(pid) - before[name]) / photographs for name, pid in bench.pids.items()
    }


def jobs_round(bench: Bench, jobs: int) -> dict[str, float]:
    """Processor milliseconds a job beside its pixels, in a process with a worker's settings."""
    file = bench.file.with_name("small.jpg")
    make_input(file, SMALL_SIZE)
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-m", "bench.worker", "--jobs", str(file), "--photographs", str(jobs)],
        cwd=ROOT,
        env={**kept, **bench.split.environment("worker"), "LOG_LEVEL": "INFO"},
        check=True,
        capture_output=True,
        timeout=CHILD_TIMEOUT_S,
    )
    return dict(json.loads(done.stdout.splitlines()[-1]))


def jobs_alone(file: Path, jobs: int) -> dict[str, float]:
    """What `job_run` costs a job, without its pixels, without Celery: they are made beforehand."""
    import django  # noqa: PLC0415 - only the child has settings

    django.setup()
    from django.db import connection  # noqa: PLC0415 - after the settings, as all below

    from images import queue  # noqa: PLC0415
    from images.renditions import PRESETS as SPECS  # noqa: PLC0415
    from images.renditions import Limits, render_all  # noqa: PLC0415
    from images.services import render_job  # noqa: PLC0415
    from images.services.job_execution import job_run  # noqa: PLC0415

    specs = [spec for name in PRESETS for spec in SPECS[name].specs()]
    with file.open("rb") as source:
        made = list(render_all(source, specs, Limits()))
    vars(queue)["job_send"] = lambda **_: True  # the worker that runs beside must not take them
    vars(render_job)["render_all"] = lambda *_: iter(made)
    begun = [_uploaded(distinct(file)) for _ in range(jobs + WARMING_JOBS)]
    spent_s, database_s = 0.0, 0.0
    for number, job in enumerate(begun):
        connection.ensure_connection()
        backend: Any = connection.connection
        before = time.process_time(), _thread_seconds(backend.info.backend_pid)
        job_run(job_id=job.id, dispatch_id=job.dispatch_id)
        after = time.process_time(), _thread_seconds(backend.info.backend_pid)
        if number >= WARMING_JOBS:
            spent_s += after[0] - before[0]
            database_s += after[1] - before[1]
    return {"worker_ms": spent_s * 1_000 / jobs, "database_ms": database_s * 1_000 / jobs}


def _uploaded(content: bytes) -> Any:
    from images.services.uploads import UploadRequest, image_upload  # noqa: PLC0415
    from images.upload_handler import ReceivedFile  # noqa: PLC0415

    received = ReceivedFile(
        io.BytesIO(content), len(content), hashlib.sha256(content).hexdigest(), "photograph.jpg"
    )
    outcome = image_upload(owner_id=uuid4(), received=received, wanted=UploadRequest(PRESETS))
    return outcome.job


def _thread_seconds(pid: int) -> float:
    """Of a process of one thread, in nanoseconds and not in the ticks of `cpu_seconds`."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


def core_round(file: Path, photographs: int) -> float:
    """Processor seconds a photograph of the core alone, in a warm process of its own."""
    command = [sys.executable, "-m", "bench.worker", "--core", str(file)]
    done = subprocess.run(
        [*command, "--photographs", str(photographs)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        timeout=CHILD_TIMEOUT_S,
    )
    return float(json.loads(done.stdout)["cpu_s"])


def core_alone(file: Path, photographs: int) -> float:
    """Processor seconds that the core takes for what the presets ask of ``file``."""
    from images.renditions import PRESETS as SPECS  # noqa: PLC0415 - only the child needs them
    from images.renditions import Limits, render_all  # noqa: PLC0415 - likewise

    specs = [spec for name in PRESETS for spec in SPECS[name].specs()]

    def render() -> int:
        with file.open("rb") as source:
            return sum(len(made.content) for made in render_all(source, specs, Limits()))

    render()
    before = time.process_time()
    for _ in range(photographs):
        render()
    return (time.process_time() - before) / photographs


def compare(*, rounds: int, photographs: int) -> dict[str, Any]:
    """Core and worker in turn: medians over the rounds, and the ratio."""
    start = time.monotonic()
    core, through = [], []
    with bench_ready() as bench:
        for _ in range(rounds):
            core.append(core_round(bench.file, photographs))
            through.append(worker_round(bench, photographs))
        jobs = [jobs_round(bench, JOBS) for _ in range(rounds)]
    alone = statistics.median(core)
    cpu_s = {name: statistics.median(one[name] for one in through) for name in through[0]}
    return {
        "python": machine.python_version(),
        "input": f"{SIZE[0]} x {SIZE[1]} JPEG, {len(PRESETS)} presets, 2 formats each",
        "load_average": round(os.getloadavg()[1], 1),
        "rounds": rounds,
        "photographs_a_round": photographs,
        "core_cpu_s": round(alone, 3),
        "cpu_s": {name: round(seconds, 3) for name, seconds in cpu_s.items()},
        "times_the_core": round(cpu_s["worker"] / alone, 2),
        "times_the_core_with_servers": round(sum(cpu_s.values()) / alone, 2),
        "target_times_the_core": TARGET_RATIO,
        "job": {name: round(statistics.median(one[name] for one in jobs), 1) for name in jobs[0]},
        "took_s": round(time.monotonic() - start, 1),
    }


def show(report: Mapping[str, Any]) -> bool:
    """Print the comparison; True when the target is met."""
    print(f"{report['input']}: processor time a photograph")
    print(f"  the core alone  {report['core_cpu_s']:6.3f} s")
    for name, seconds in report["cpu_s"].items():
        print(f"  {name:14}  {seconds:6.3f} s")
    met = bool(report["times_the_core"] <= TARGET_RATIO)
    print(
        f"  {'met    ' if met else 'NOT MET'}  the worker takes {report['times_the_core']} times "
        f"the core (target {TARGET_RATIO}), with the servers "
        f"{report['times_the_core_with_servers']} times"
    )
    job = report["job"]
    is_light = job["worker_ms"] <= TARGET_BESIDE_MS and job["database_ms"] <= TARGET_DATABASE_MS
    print(
        f"  {'met    ' if is_light else 'NOT MET'}  a job of 8 renditions takes {job['worker_ms']} "
        f"ms in the worker beside its pixels (target {TARGET_BESIDE_MS}) and {job['database_ms']} "
        f"ms in PostgreSQL (target {TARGET_DATABASE_MS})"
    )
    print(f"took {report['took_s']} s")
    return met and is_light


def run(*, rounds: int = 4, photographs: int = 5) -> bool:
    """Compare, print and write the results; True when the target is met."""
    report = compare(rounds=rounds, photographs=photographs)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    return show(report)


def main() -> int:
    """Take the options of the command line; 0 when the target is met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=4, help="turns of each")
    parser.add_argument("--photographs", type=int, default=5, help="in each turn")
    parser.add_argument("--core", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--jobs", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.jobs is not None:
        print(json.dumps(jobs_alone(asked.jobs, asked.photographs)))
        return 0
    if asked.core is not None:
        print(json.dumps({"cpu_s": core_alone(asked.core, asked.photographs)}))
        return 0
    return 0 if run(rounds=asked.rounds, photographs=asked.photographs) else 1


if __name__ == "__main__":
    sys.exit(main())
