"""The state of the role now; what has ended or is stored is as the sweeper last counted it."""

import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connection
from django.utils import timezone

from images import queue, storage
from images.apps import ImagesConfig
from images.errors import StorageUnavailable
from images.models import WorkerHeartbeat
from images.selectors.figures import ended_in_a_day, stored_totals
from images.selectors.jobs import jobs_under_way, oldest_queued
from images.selectors.usage import worker_heartbeats
from platform_site.kit.auth.revocations import session_is_revoked
from platform_site.kit.tasks.forks import no_fork

ALIVE_WITHIN: Final = timedelta(seconds=20)
ASK_S: Final = 0.7
"""How long a part may take to answer; the gateway waits a second for all of this."""
NOBODY: Final = UUID(int=0)
JOB_NUMBERS: Final = ("queued", "running", "failed_24h", "succeeded_24h")


def status_report() -> dict[str, Any]:
    """The body of ``/status``: a part without an answer in time is not ok, its numbers ``None``."""
    now = timezone.now()
    answers = _asked(
        {"rows": _rows, "depths": queue.depths, "storage": _storage, "cache": _cache_answers}
    )
    depths, rows = answers.get("depths"), answers.get("rows")
    storage_state = answers.get("storage") or {"ok": False, "latency_ms": None}
    size, images = rows.totals if rows else (None, None)
    return {
        "version": settings.VERSION,
        "queues": _queues(depths, rows.oldest if rows else {}, now),
        "workers": [_worker(heartbeat, now) for heartbeat in rows.heartbeats] if rows else [],
        "storage": {**storage_state, "bytes": size, "images": images},
        "database": {"ok": rows is not None},
        "broker": {"ok": depths is not None},
        "cache": {"ok": answers.get("cache") is True},
        "jobs": rows.jobs if rows else dict.fromkeys(JOB_NUMBERS),
    }


@dataclass(frozen=True, slots=True)
class _DatabaseFacts:
    """What the database knows."""

    totals: tuple[int | None, int | None]
    oldest: dict[str, datetime]
    heartbeats: list[WorkerHeartbeat]
    jobs: dict[str, Any]


def _asked(questions: Mapping[str, Callable[[], Any]]) -> dict[str, Any]:
    """The answers that came within `ASK_S`: all are asked beside each other, and one may hang."""
    futures = {name: _threads().submit(_ask, act) for name, act in questions.items()}
    wait(futures.values(), ASK_S)
    return {name: future.result() for name, future in futures.items() if future.done()}


def _ask(act: Callable[[], Any]) -> Any:
    with no_fork():  # it goes on when nobody waits for it any more, and imports what it needs
        return act()


@cache
def _threads() -> ThreadPoolExecutor:
    """Made at first use, so after a fork. Those that still hang are not asked again meanwhile."""
    return ThreadPoolExecutor(8, thread_name_prefix="status")


def _rows() -> _DatabaseFacts | None:
    try:
        return _DatabaseFacts(
            stored_totals(),
            oldest_queued(),
            list(worker_heartbeats()),
            {**jobs_under_way(), **ended_in_a_day()},
        )
    except DatabaseError:
        return None
    finally:
        connection.close()  # of this thread, which nobody else tidies up after


def _cache_answers() -> bool:
    return session_is_revoked(NOBODY) is not None


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
        for name in ImagesConfig.queues
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
