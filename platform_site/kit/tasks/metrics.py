"""What Prometheus sees of tasks, and of the queues and workers at the moment it asks.

Tasks are counted by the children of a worker, and by the parent where a child was killed; the state
of queues, jobs and workers is asked for by the parent, from the same report that the images role
answers with. It is the same in every worker: take the maximum, never the sum.
"""

import math
import threading
import time
from collections.abc import Collection, Iterable, Iterator
from typing import Any, Final

from django.db import connection
from django.utils.module_loading import import_string
from prometheus_client import Counter, Histogram
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from platform_site.kit.tasks.messages import REASONS

TASKS: Final = Counter(
    "celery_tasks_total", "Tasks that a worker ran, by outcome.", ["task", "outcome"]
)
TASK_SECONDS: Final = Histogram(
    "celery_task_seconds",
    "Time that a worker spent on a task.",
    ["task"],
    buckets=(0.05, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 60.0, 90.0),
)
MESSAGES_REFUSED: Final = Counter(
    "celery_messages_refused_total",
    "Messages that a worker dropped unread, by what was wrong with them.",
    ["queue", "reason"],
)
REPORT: Final = "images.services.status.status_report"
ASK_EVERY_S: Final = 4.0
WAIT_S: Final = 5.0
"""How long a scrape waits for an answer: Prometheus gives up after ten seconds."""
KEEP_S: Final = 120.0
"""How long an answer counts: a store that hangs delays the next by three tries of 23 seconds."""
Gauges = dict[str, GaugeMetricFamily]
GAUGES: Final = {
    "report_age_seconds": ("Age of what this worker knows of the platform.", []),
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


def messages_begin(queues: Collection[str]) -> None:
    """Let the messages that are dropped begin at 0, so that the first is seen."""
    for queue in queues:
        for reason in REASONS:
            MESSAGES_REFUSED.labels(queue, reason)


def tasks_begin(names: Collection[str]) -> None:
    """Let the failures of these tasks begin at 0, so that the first is seen."""
    for name in names:
        for outcome in ("failed", "killed"):
            TASKS.labels(name, outcome)


class PlatformCollector(Collector):
    """Asks for the platform's state when it is scraped, and at most every four seconds.

    A part that hangs holds the question up and not the scrape, which would otherwise lose what is
    known of all others: then the last answer counts until it is too old.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._asking: threading.Thread | None = None
        self._told_at = -math.inf
        self._report: dict[str, Any] = {}

    def describe(self) -> Iterable[GaugeMetricFamily]:
        """The names, so that registering asks nothing yet."""
        return _gauges().values()

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The gauges; one that cannot be known now has no sample."""
        self._asked().join(WAIT_S)
        with self._lock:
            report, age_s = self._report, time.monotonic() - self._told_at
        yield from (_filled(report, age_s) if age_s <= KEEP_S else _gauges()).values()

    def _asked(self) -> threading.Thread:
        """The question that is being asked, or was a moment ago."""
        with self._lock:
            asking = self._asking
            is_late = time.monotonic() - self._told_at >= ASK_EVERY_S
            if asking is None or (is_late and not asking.is_alive()):
                asking = threading.Thread(target=self._ask, name="platform-report", daemon=True)
                asking.start()
                self._asking = asking
        return asking

    def _ask(self) -> None:
        try:
            report = dict(import_string(REPORT)())
        finally:
            connection.close()  # children are forked from this process and must not inherit one
        with self._lock:
            self._report, self._told_at = report, time.monotonic()


def _gauges() -> Gauges:
    return {
        name: GaugeMetricFamily(f"platform_{name}", text, labels=labels)
        for name, (text, labels) in GAUGES.items()
    }


def _filled(report: dict[str, Any], age_s: float) -> Gauges:
    gauges = _gauges()
    gauges["report_age_seconds"].add_metric([], age_s)
    _add_queues(gauges, report["queues"], is_known=report["database"]["ok"])
    for part in ("broker", "cache", "database", "storage"):
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
