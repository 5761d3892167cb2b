"""Waiting for a job, for callers who would rather hold the line than ask again."""

import threading
import time
from collections.abc import Callable
from typing import Final

from gateway.clients.images import image_get, job_get
from gateway.clients.types import Job, StoredUpload
from gateway.errors import UpstreamFailed
from gateway.metrics import WAITS
from platform_site.kit.auth.tokens import Principal
from platform_site.kit.upstream.http import UpstreamUnavailable

WAIT_SLOTS: Final = 8
"""Requests of one process that may wait at a time: the other threads stay free for the rest."""
FIRST_POLL_S: Final = 0.1
SLOWEST_POLL_S: Final = 1.0

_slots: Final = threading.BoundedSemaphore(WAIT_SLOTS)


def upload_wait(
    *,
    principal: Principal,
    upload: StoredUpload,
    wait_s: float,
    sleep: Callable[[float], None] = time.sleep,
) -> StoredUpload | None:
    """``upload`` as it is once its job is over; ``None`` if that takes longer than ``wait_s``.

    The upload itself is safe already, so no answer while waiting is no failure either: ``None``.
    """
    if upload.job is None or upload.job.is_over:
        return upload
    if not _slots.acquire(blocking=False):
        WAITS.labels("full").inc()
        return None
    try:
        job = _finished(principal, upload.job, time.monotonic() + wait_s, sleep)
        if job is None:
            WAITS.labels("timed_out").inc()
            return None
        found = image_get(principal=principal, image_id=upload.image.id)
    except (UpstreamUnavailable, UpstreamFailed):
        WAITS.labels("no_answer").inc()
        return None
    finally:
        _slots.release()
    WAITS.labels("finished").inc()
    image = found.value or upload.image
    return StoredUpload(image=image, job=job, duplicate=upload.duplicate)


def _finished(
    principal: Principal, job: Job, deadline: float, sleep: Callable[[float], None]
) -> Job | None:
    """The job once it is over; ``None`` at ``deadline`` (monotonic)."""
    pause_s = FIRST_POLL_S
    while not job.is_over:
        left_s = deadline - time.monotonic()
        if left_s <= 0:
            return None
        sleep(min(pause_s, left_s))
        pause_s = min(pause_s * 1.5, SLOWEST_POLL_S)
        job = job_get(principal=principal, job_id=job.id)
    return job
