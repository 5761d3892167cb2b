"""Measures what each workload uses, at rest and under a small load: ``make k8s-measure``.

Runs the roles, workers, nginx, PostgreSQL, Redis, exporters, Prometheus and Alertmanager as
processes, as many of each as a pod has, and adds up the processes of a container: CPU time from
``stat``, memory as the proportional share (PSS) from ``smaps_rollup``. Writes
``deploy/k8s/tools/used.json``.
"""

import json
import os
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import psycopg

from deploy.k8s.tools.requests import USED
from tests.observability.stack import Stack, monitored_platform
from tests.observability.traffic import distinct_photograph
from tests.servers import platform
from tests.servers.person import Person
from tests.servers.postgresql import postgresql
from tests.servers.processes import Program

SETTINGS: Final = "platform_site.settings.test_embedded"
"""Of the harness alone, which reads the names of the queues from them."""
REST_S: Final = 30.0
LOAD_S: Final = 40.0
PEOPLE: Final = 3
REQUESTS_PER_S: Final = 18
PAGES: Final = ("/api/v1/images", "/api/v1/usage", "/auth/profile", "/api/v1/jobs")
UPLOAD_EVERY: Final = 24  # requests of one person
# As the manifests start them; the tests start fewer of each.
EXTRA: Final = {"WEB_WORKERS": "2", "WEB_THREADS": "16", "SWEEP_INTERVAL_S": "10"}
TICKS_PER_S: Final = os.sysconf("SC_CLK_TCK")
Usage = dict[str, int]


def _parents() -> dict[int, int]:
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                found[int(entry.name)] = int(_stat(int(entry.name))[1])
            except OSError:
                continue
    return found


def _stat(pid: int) -> list[str]:
    """The fields of ``stat`` after the name, which may have spaces."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def _family(root: int) -> list[int]:
    parents = _parents()
    found = [root]
    for pid in found:
        found += [child for child, parent in parents.items() if parent == pid]
    return found


def _reading(root: int) -> tuple[float, int]:
    """(CPU seconds so far, MiB now) of a process and everything below it."""
    seconds, kib = 0.0, 0
    for pid in _family(root):
        try:
            fields = _stat(pid)
            rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
        except OSError:
            continue
        # Of children that have ended, too.
        seconds += sum(int(field) for field in fields[11:15]) / TICKS_PER_S
        kib += next(int(x.split()[1]) for x in rollup.splitlines() if x.startswith("Pss:"))
    return seconds, kib // 1024


def measured(roots: Mapping[str, int], seconds: float) -> dict[str, Usage]:
    """What each family of processes uses within ``seconds``: millicores, and MiB at their end."""
    before = {name: _reading(root)[0] for name, root in roots.items()}
    started = time.monotonic()
    time.sleep(seconds)
    found = {}
    for name, root in roots.items():
        after, memory = _reading(root)
        used = (after - before[name]) / (time.monotonic() - started)
        found[name] = {"cpu_m": round(1000 * used), "memory_mib": memory}
    return found


def _roots(stack: Stack, url: str) -> Iterator[tuple[str, int]]:
    """The first process of each container, by ``workload/container``."""
    exporters = ("postgresql", "redis-broker", "redis-cache", "frontend")
    programs = {
        **{f"{role}/app": program for role, program in stack.split.programs.items()},
        **{f"{name}/exporter": stack.programs[name] for name in exporters},
        **{f"{name}/{name}": stack.programs[name] for name in ("prometheus", "alertmanager")},
    }
    for name, program in programs.items():
        assert program.process is not None
        yield name, program.process.pid
    yield "frontend/app", stack.edge.pid
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT pg_backend_pid()").fetchone()
        assert row is not None
        yield "postgresql/postgresql", int(_stat(row[0])[1])
    for name in ("broker", "cache"):
        port = str(getattr(stack.split, name).port)
        yield f"redis-{name}/redis", _redis(port)


def _redis(port: str) -> int:
    """The server's process renames itself: ``redis-server 127.0.0.1:PORT``."""
    for pid in _family(os.getpid()):
        words = Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
        if "redis-server" in words and port in words:
            return pid
    raise AssertionError(f"no Redis at port {port}")


def _as_in_a_pod(stack: Stack) -> None:
    """The worker with as many children as in its pod, and the admin, which no test needs."""
    split = stack.split
    split.programs["worker"].stop()
    words = ["2" if word == "1" else word for word in platform.WORKER]
    split.programs["worker"] = Program(
        "worker", words, split.environment("worker"), split.directory
    )
    split.programs["admin"] = Program(
        "admin", platform.GUNICORN, split.environment("admin"), split.directory
    )
    for role in ("worker", "admin"):
        split.programs[role].start()
    time.sleep(10)


def _load(person: Person, number: int, end: float) -> None:
    pause = PEOPLE / REQUESTS_PER_S
    turn = 0
    while time.monotonic() < end:
        turn += 1
        begun = time.monotonic()
        if turn % UPLOAD_EVERY == 1:
            person.upload(distinct_photograph(turn + 200 * number))
        else:
            person.send("GET", PAGES[turn % len(PAGES)])
        time.sleep(max(0.0, pause - (time.monotonic() - begun)))


def main() -> int:
    """Measure, and write the file; takes two minutes."""
    os.environ["DJANGO_SETTINGS_MODULE"] = SETTINGS
    directory = Path(tempfile.mkdtemp(prefix="image-platform-measure-"))
    with postgresql() as url, monitored_platform(url, directory, extra=EXTRA) as stack:
        _as_in_a_pod(stack)
        people = [stack.person(name) for name in ("alice", "bob", "carol")[:PEOPLE]]
        roots = dict(_roots(stack, url))
        rest = measured(roots, REST_S)
        end = time.monotonic() + LOAD_S
        threads = [
            threading.Thread(target=_load, args=(person, number, end))
            for number, person in enumerate(people)
        ]
        for thread in threads:
            thread.start()
        load = measured(roots, LOAD_S)
        for thread in threads:
            thread.join()
    document = {
        "measured": datetime.now(tz=UTC).date().isoformat(),
        "by": "tests/deploy/measure.py: one pod's processes of each, "
        f"at rest and at {REQUESTS_PER_S} requests/s",
        "containers": {n: {"rest": rest[n], "load": load[n]} for n in sorted(roots)},
    }
    USED.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
