"""How the role stands right now: every number is asked for at the time of the question."""

import time
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone

from images import queue, storage
from images.errors import StorageUnavailable
from images.models import WorkerHeartbeat
from images.selectors.jobs import job_counts, oldest_queued
from images.selectors.usage import stored_totals, worker_heartbeats

ALIVE_WITHIN: Final = timedelta(seconds=20)


def status_report() -> dict[str, Any]:
    """The document of the contract; what cannot be asked is ``None``, with ``ok`` false beside."""
    now = timezone.now()
    depths = queue.depths()
    report: dict[str, Any] = {
        "version": settings.VERSION,
        "queues": _queues(depths, {}, now),
        "workers": [],
        "storage": {**_storage(), "bytes": None, "images": None},
        "database": {"ok": False},
        "broker": {"ok": depths is not None},
        "jobs": {"queued": None, "running": None, "failed_24h": None, "succeeded_24h": None},
    }
    try:
        size, images = stored_totals()
        report["queues"] = _queues(depths, oldest_queued(), now)
        report["workers"] = [_worker(heartbeat, now) for heartbeat in worker_heartbeats()]
        report["jobs"] = job_counts()
    except DatabaseError:
        return report
    report["storage"].update(bytes=size, images=images)
    report["database"] = {"ok": True}
    return report


def _queues(
    depths: dict[str, int] | None, oldest: dict[str, datetime], now: datetime
) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "depth": None if depths is None else depths[name],
            "oldest_age_s": (
                round((now - oldest[name]).total_seconds(), 1) if name in oldest else None
            ),
        }
        for name in queue.QUEUES
    ]


def _worker(heartbeat: WorkerHeartbeat, now: datetime) -> dict[str, Any]:
    return {
        "name": heartbeat.name,
        "last_seen_at": heartbeat.last_seen_at,
        "alive": now - heartbeat.last_seen_at < ALIVE_WITHIN,
        "concurrency": heartbeat.concurrency,
        "version": heartbeat.version,
        "queues": heartbeat.queues,
    }


def _storage() -> dict[str, Any]:
    started = time.perf_counter()
    try:
        storage.store_check()
    except StorageUnavailable:
        return {"ok": False, "latency_ms": None}
    return {"ok": True, "latency_ms": round((time.perf_counter() - started) * 1000, 2)}
