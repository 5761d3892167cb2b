"""What Prometheus sees of tasks, and of the queues and workers at the moment it asks.

Tasks are counted by the children of a worker; the state of queues, jobs and workers is asked for
by the parent, from the same report that the images role answers with. It is the same in every
worker: take the maximum, never the sum.
"""

import threading
import time
from collections.abc import Iterable, Iterator
from typing import Any, Final

from django.db import connection
from django.utils.module_loading import import_string
from prometheus_client import Counter, Histogram
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

TASKS: Final = Counter(
    "celery_tasks_total", "Tasks that a worker ran, by outcome.", ["task", "outcome"]
)
TASK_SECONDS: Final = Histogram(
    "celery_task_seconds",
    "Time that a worker spent on a task.",
    ["task"],
    buckets=(0.05, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 60.0, 90.0),
)
REPORT: Final = "images.services.status.status_report"
ASK_EVERY_S: Final = 4.0
Gauges = dict[str, GaugeMetricFamily]
GAUGES: Final = {
    "queue_depth": ("Messages that wait in the broker.", ["queue"]),
    "queue_oldest_seconds": ("Age of the oldest job that waits; 0 when none does.", ["queue"]),
    "jobs": ("Jobs by state, now.", ["state"]),
    "jobs_ended_24h": ("Jobs that ended in the last day, by state.", ["state"]),
    "workers": ("Workers by whether they were heard within 20 seconds.", ["state"]),
    "worker_heartbeat_age_seconds": ("Time since the worker that is silent longest was heard.", []),
    "stored_bytes": ("Bytes that the originals and renditions of all owners take.", []),
    "stored_images": ("Images that are not deleted.", []),
    "dependency_up": ("1 when the part answers this worker.", ["part"]),
    "store_seconds": ("Time that one small question to the object store took.", []),
}


def observe_task(*, name: str, outcome: str, seconds: float) -> None:
    """Count one run of a task."""
    TASKS.labels(name, outcome).inc()
    TASK_SECONDS.labels(name).observe(seconds)


class PlatformCollector(Collector):
    """Asks for the platform's state when it is scraped, and at most every four seconds."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._asked_at = 0.0
        self._report: dict[str, Any] = {}

    def describe(self) -> Iterable[GaugeMetricFamily]:
        """The names, so that registering asks nothing yet."""
        return _gauges().values()

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The gauges; one that cannot be known now has no sample."""
        with self._lock:
            if time.monotonic() - self._asked_at >= ASK_EVERY_S:
                self._report = _asked()
                self._asked_at = time.monotonic()
            report = self._report
        yield from _filled(report).values()


def _asked() -> dict[str, Any]:
    try:
        return dict(import_string(REPORT)())
    finally:
        connection.close()  # children are forked from this process and must not inherit one


def _gauges() -> Gauges:
    return {
        name: GaugeMetricFamily(f"platform_{name}", text, labels=labels)
        for name, (text, labels) in GAUGES.items()
    }


def _filled(report: dict[str, Any]) -> Gauges:
    gauges = _gauges()
    _add_queues(gauges, report["queues"], is_known=report["database"]["ok"])
    for part in ("broker", "database", "storage"):
        gauges["dependency_up"].add_metric([part], float(report[part]["ok"]))
    if report["storage"]["latency_ms"] is not None:
        gauges["store_seconds"].add_metric([], report["storage"]["latency_ms"] / 1000)
    if report["database"]["ok"]:
        _add_rows(gauges, report)
    return gauges


def _add_queues(gauges: Gauges, queues: list[dict[str, Any]], *, is_known: bool) -> None:
    for queue in queues:
        if queue["depth"] is not None:
            gauges["queue_depth"].add_metric([queue["name"]], queue["depth"])
        if is_known:
            age_s = max(0.0, queue["oldest_age_s"] or 0.0)
            gauges["queue_oldest_seconds"].add_metric([queue["name"]], age_s)


def _add_rows(gauges: Gauges, report: dict[str, Any]) -> None:
    now = time.time()
    for state in ("queued", "running"):
        gauges["jobs"].add_metric([state], report["jobs"][state])
    for state in ("succeeded", "failed"):
        gauges["jobs_ended_24h"].add_metric([state], report["jobs"][f"{state}_24h"])
    alive = sum(worker["alive"] for worker in report["workers"])
    gauges["workers"].add_metric(["alive"], alive)
    gauges["workers"].add_metric(["silent"], len(report["workers"]) - alive)
    ages = [now - worker["last_seen_at"].timestamp() for worker in report["workers"]]
    gauges["worker_heartbeat_age_seconds"].add_metric([], max(ages, default=0.0))
    gauges["stored_bytes"].add_metric([], report["storage"]["bytes"])
    gauges["stored_images"].add_metric([], report["storage"]["images"])
