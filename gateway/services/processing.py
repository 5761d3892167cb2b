"""Waiting for a job, for callers who would rather hold the line than ask again."""

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Final

import orjson

from gateway.clients.images import answer_of, read
from gateway.clients.types import FollowedJob, FollowedUpload
from gateway.clients.upstream_calls import UpstreamCall, content_check, document_as
from gateway.deadlines import READ_S
from gateway.errors import UpstreamFailed
from gateway.metrics import WAITS
from gateway.permissions import Caller
from gateway.relay import INTERNAL
from platform_site.kit.upstream.http import UpstreamUnavailable
from platform_site.kit.upstream.replies import Reply

WAIT_SLOTS: Final = 8
"""Requests of one process that may wait at a time: the other threads stay free for the rest."""
FIRST_POLL_S: Final = 0.1
SLOWEST_POLL_S: Final = 1.0
ACCEPTED: Final = 202
HELD_MARGIN_S: Final = 2 * READ_S
"""How much longer an answer is waited for than images holds it: for the change and the reads."""

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


def waiting_answer(call: UpstreamCall, *, caller: Caller, wait_s: int) -> Reply:
    """What images answers to ``call``, held there for ``wait_s`` while a job is not over.

    Without a free slot it is not held.
    """
    if not _slots.acquire(blocking=False):
        WAITS.labels("full").inc()
        return answer_of(call, caller=caller)
    held = call.under({**call.headers, "Prefer": f"wait={wait_s}"})
    timeout_s = max(call.timeout_s, wait_s + HELD_MARGIN_S)
    try:
        reply = answer_of(replace(held, timeout_s=timeout_s), caller=caller)
    except UpstreamUnavailable:
        WAITS.labels("no_answer").inc()
        raise
    finally:
        _slots.release()
    WAITS.labels("timed_out" if reply.status == ACCEPTED else "finished").inc()
    return reply


def _finished(
    caller: Caller, job: FollowedJob, deadline: float, sleep: Callable[[float], None]
) -> Reply | None:
    """The job once it is over; ``None`` at ``deadline`` (monotonic)."""
    pause_s = FIRST_POLL_S
    while (left_s := deadline - time.monotonic()) > 0:
        held_s = int(left_s)
        prefer = {"Prefer": f"wait={held_s}"} if held_s else {}
        call = UpstreamCall(
            "GET", f"{INTERNAL}jobs/{job.id}", prefer, timeout_s=held_s + HELD_MARGIN_S
        )
        reply = answer_of(call, caller=caller)
        if document_as(FollowedJob, reply).is_over:
            return reply
        if "Preference-Applied" not in reply.headers:
            # As many wait there as may. Most jobs take a fraction of a second; a long one must
            # not cost a call for each tenth.
            sleep(min(pause_s, max(0.0, deadline - time.monotonic())))
            pause_s = min(pause_s * 1.5, SLOWEST_POLL_S)
    return None


def _joined(image: Reply, job: Reply, *, is_duplicate: bool) -> bytes:
    """The answer to an upload, of which two parts are passed on as they came."""
    parts = {"image": orjson.Fragment(image.body), "job": orjson.Fragment(job.body)}
    return orjson.dumps({**parts, "duplicate": is_duplicate})
