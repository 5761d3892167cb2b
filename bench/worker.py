"""A photograph through the real worker beside the pure core alone: processor time of each.

The worker runs as in a deployment, over PostgreSQL, S3 over HTTP and Redis; the core makes the
same renditions of the same file in a process of its own. Rounds take turns. Run
``python -m bench.worker``.
"""

import argparse
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

import psycopg

from bench.core import make_input
from bench.cpu import cpu_seconds, parent_of
from tests.servers.person import Person
from tests.servers.platform import Platform, platform
from tests.servers.postgresql import postgresql

ROOT: Final = Path(__file__).resolve().parent.parent
RESULTS: Final = ROOT / "bench" / "results" / "worker.json"

SIZE: Final = (4000, 3000)
PRESETS: Final = ("thumb", "small", "medium", "large")
TARGET_RATIO: Final = 1.5
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
    print(f"took {report['took_s']} s")
    return met


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
    asked = parser.parse_args()
    if asked.core is not None:
        print(json.dumps({"cpu_s": core_alone(asked.core, asked.photographs)}))
        return 0
    return 0 if run(rounds=asked.rounds, photographs=asked.photographs) else 1


if __name__ == "__main__":
    sys.exit(main())
