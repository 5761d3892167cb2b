"""HTTP metrics by route template, and the exporter that serves every metric on its own port."""

import os
from collections.abc import Sequence
from functools import cache
from typing import Final

from django.conf import settings
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    start_http_server,
)
from prometheus_client.registry import REGISTRY, Collector

from platform_site.kit.telemetry.exemplars import ExemplarCollector, TracedHistogram
from platform_site.kit.telemetry.memory import MemoryCollector

BUCKETS_S: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.5, 5.0, 10.0)

REQUESTS: Final = Counter(
    "http_requests_total",
    "Requests answered, by route template; a path that no route takes is `unrouted`.",
    ["role", "method", "route", "status"],
)
FAILED: Final = Counter(
    "http_requests_failed_total",
    "Requests answered with a 5xx, save where to wait is part of the service. There from the "
    "start, so that not even the first is missed.",
    ["role"],
)
UNSERVED: Final = Counter(
    "http_requests_unserved_total",
    "Requests refused with a 5xx because a part gave no answer, which miss no objective of the "
    "role: the part has an alert of its own. There from the start.",
    ["role", "part"],
)
SECONDS: Final = TracedHistogram(
    "http_request_seconds",
    "Time from the first middleware to the last byte of the headers, in seconds.",
    ["role", "method", "route"],
    buckets_s=BUCKETS_S,
)
BUILD: Final = Gauge(
    "platform_build_info",
    "Always 1; the labels tell what runs.",
    ["role", "version"],
    multiprocess_mode="mostrecent",
)
PROCESSES: Final = Counter(
    "platform_processes_started_total",
    "Web processes that the role has begun; those beyond WEB_WORKERS took the place of others.",
    ["role"],
)

KNOWN_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def observe_request(
    *, method: str, route: str, status: int, failed: bool, seconds: float, lost_part: str = ""
) -> None:
    """Count one answered request; ``failed`` is what the objective of availability counts.

    ``lost_part`` names the part for want of which it was refused instead.
    """
    # A client may invent methods, and each would be a series that is kept for ever.
    known = method if method in KNOWN_METHODS else "OTHER"
    _requests(settings.ROLE, known, route, status).inc()
    if failed:
        FAILED.labels(settings.ROLE).inc()
    if lost_part:
        UNSERVED.labels(settings.ROLE, lost_part).inc()
    SECONDS.observe((settings.ROLE, known, route), seconds)


@cache  # as many as there are series, which are kept for ever as it is
def _requests(role: str, method: str, route: str, status: int) -> Counter:
    """The series of such requests, found without the client's lock and its check of each label."""
    return REQUESTS.labels(role, method, route, str(status))


def registry(collectors: Sequence[Collector] = ()) -> CollectorRegistry:
    """The registry to serve: joined from files when the role has several processes.

    ``collectors`` are asked at each scrape, in this process only.
    """
    joined = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        joined = CollectorRegistry()
        joined.register(ExemplarCollector())
    for collector in collectors:
        joined.register(collector)
    return joined


def exporter_start(port: int, *, collectors: Sequence[Collector] = ()) -> None:
    """Serve ``/metrics`` on ``port`` from a thread of this process. Port 0 means none."""
    BUILD.labels(settings.ROLE, settings.VERSION).set(1)
    FAILED.labels(settings.ROLE)
    UNSERVED.labels(settings.ROLE, "database")
    if port:
        memory = MemoryCollector(settings.ROLE)
        start_http_server(port, registry=registry([*collectors, memory]))
