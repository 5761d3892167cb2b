"""What a worker tells Prometheus about queues, jobs, workers and stores, made of one status report.

It is the same in every worker, since all ask the same database and broker: take the maximum of a
gauge, never the sum. Asks nobody itself; the report is `images.services.status.status_report`.
"""

import time
from collections.abc import Mapping
from typing import Any, Final

from prometheus_client.core import GaugeMetricFamily

GaugesByName = dict[str, GaugeMetricFamily]

# Not "images_": they tell of the platform as a whole, and dashboards and rules know them by this.
PREFIX: Final = "platform"
GAUGES: Final[Mapping[str, tuple[str, list[str]]]] = {
    "queue_depth": ("Messages that wait in the broker.", ["queue"]),
    "queue_oldest_seconds": ("Age of the oldest job that waits; 0 when none does.", ["queue"]),
    "jobs": ("Jobs by state, now.", ["state"]),
    "jobs_ended_24h": ("Jobs that ended in the last day, by state.", ["state"]),
    "workers": ("Workers by whether they were heard within 20 seconds.", ["state"]),
    "worker_heartbeat_age_seconds": ("Time since the worker that is silent longest was heard.", []),
    "stored_bytes": ("Bytes that the originals of all owners take.", []),
    "stored_images": ("Images that are not deleted.", []),
    "dependency_up": ("1 when the part answers this worker.", ["part"]),
    "store_seconds": ("Time that one small question to the object store took.", []),
}
"""By name without the prefix: what it is, and its labels."""


def worker_gauges(report: Mapping[str, Any] | None) -> list[GaugeMetricFamily]:
    """Every gauge, with samples for what ``report`` knows.

    ``None`` is for before the first report and after one that is too old: names without samples,
    for a gauge that keeps its last value would hide an outage.
    """
    gauges = {
        name: GaugeMetricFamily(f"{PREFIX}_{name}", about, labels=labels)
        for name, (about, labels) in GAUGES.items()
    }
    if report is not None:
        _add_queues(gauges, report)
        _add_dependencies(gauges, report)
        if report["database"]["ok"]:
            _add_rows(gauges, report)
    return list(gauges.values())


def _add_queues(gauges: GaugesByName, report: Mapping[str, Any]) -> None:
    for queue in report["queues"]:
        if queue["depth"] is not None:
            gauges["queue_depth"].add_metric([queue["name"]], queue["depth"])
        # Without an answer of the database the age is unknown, and 0 would say that nothing waits.
        if report["database"]["ok"]:
            age_s = max(0.0, queue["oldest_age_s"] or 0.0)
            gauges["queue_oldest_seconds"].add_metric([queue["name"]], age_s)


def _add_dependencies(gauges: GaugesByName, report: Mapping[str, Any]) -> None:
    for part in ("broker", "cache", "database", "storage"):
        gauges["dependency_up"].add_metric([part], float(report[part]["ok"]))
    if report["storage"]["latency_ms"] is not None:
        gauges["store_seconds"].add_metric([], report["storage"]["latency_ms"] / 1000)


def _add_rows(gauges: GaugesByName, report: Mapping[str, Any]) -> None:
    for state in ("queued", "running"):
        gauges["jobs"].add_metric([state], report["jobs"][state])
    for state in ("succeeded", "failed"):
        gauges["jobs_ended_24h"].add_metric([state], report["jobs"][f"{state}_24h"])
    workers = report["workers"]
    alive = sum(worker["alive"] for worker in workers)
    gauges["workers"].add_metric(["alive"], alive)
    gauges["workers"].add_metric(["silent"], len(workers) - alive)
    # By today's clock and not the report's: a report that is kept for a while must not stand still.
    now = time.time()
    ages_s = [now - worker["last_seen_at"].timestamp() for worker in workers]
    gauges["worker_heartbeat_age_seconds"].add_metric([], max(ages_s, default=0.0))
    for thing in ("bytes", "images"):
        if report["storage"][thing] is not None:  # before the first count
            gauges[f"stored_{thing}"].add_metric([], report["storage"][thing])
