"""Waiting for a job, for callers who would rather hold the line than ask again."""

import threading
import time
from collections.abc import Callable
from typing import Final

import orjson

from gateway.clients.images import read
from gateway.clients.types import FollowedJob, FollowedUpload
from gateway.clients.upstream_calls import content_check, document_as
from gateway.errors import UpstreamFailed
from gateway.metrics import WAITS
from gateway.permissions import Caller
from platform_site.kit.upstream.http import UpstreamUnavailable
from platform_site.kit.upstream.replies import Reply

WAIT_SLOTS: Final = 8
"""Requests of one process that may wait at a time: the other threads stay free for the rest."""
FIRST_POLL_S: Final = 0.1
SLOWEST_POLL_S: Final = 1.0

_slots: Final = threading.BoundedSemaphore(WAIT_SLOTS)


def upload_wait(
    *,
    caller: Caller,
    upload: FollowedUpload,
    wait_s: float,
    sleep: Callable[[float], None] = time.sleep,
) -> bytes | None:
    """The answer to ``upload`` once its job is over; ``None`` when it is not within ``wait_s``.

    The upload itself is safe already, so no answer while waiting is no failure either: ``None``.
    """
    if upload.job is None:
        return None
    # Not to queue for a slot: who waits for one would hold a thread, as a waiting caller does.
    if not _slots.acquire(blocking=False):
        WAITS.labels("full").inc()
        return None
    try:
        job = _finished(caller, upload.job, time.monotonic() + wait_s, sleep)
        if job is None:
            WAITS.labels("timed_out").inc()
            return None
        image = read(f"images/{upload.image.id}", caller=caller)
        content_check(image)
    except (UpstreamUnavailable, UpstreamFailed):
        WAITS.labels("no_answer").inc()
        return None
    finally:
        _slots.release()
    WAITS.labels("finished").inc()
    return _joined(image, job, is_duplicate=upload.duplicate)


def _finished(
    caller: Caller, job: FollowedJob, deadline: float, sleep: Callable[[float], None]
) -> Reply | None:
    """The job once it is over; ``None`` at ``deadline`` (monotonic)."""
    pause_s = FIRST_POLL_S
    while (left_s := deadline - time.monotonic()) > 0:
        sleep(min(pause_s, left_s))
        # Most jobs take a fraction of a second; a long one must not cost a call for each tenth.
        pause_s = min(pause_s * 1.5, SLOWEST_POLL_S)
        reply = read(f"jobs/{job.id}", caller=caller)
        if document_as(FollowedJob, reply).is_over:
            return reply
    return None


def _joined(image: Reply, job: Reply, *, is_duplicate: bool) -> bytes:
    """The answer to an upload, of which two parts are passed on as they came."""
    parts = {"image": orjson.Fragment(image.body), "job": orjson.Fragment(job.body)}
    return orjson.dumps({**parts, "duplicate": is_duplicate})
