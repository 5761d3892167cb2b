"""Waiting for a job, for callers who would rather hold the line than ask again."""

import threading
import time
from typing import Final
from uuid import UUID

from django.db import connection

from images import job_ends
from images.selectors.jobs import job_is_over

WAIT_SLOTS: Final = 4
"""Requests of one process that may wait at a time: the other threads stay free for the rest."""
FIRST_LOOK_S: Final = 0.1
SLOWEST_LOOK_S: Final = 1.0

_slots: Final = threading.BoundedSemaphore(WAIT_SLOTS)


def job_wait(*, job_id: UUID, wait_s: float) -> bool | None:
    """Whether the job was over within ``wait_s``; ``None`` at once while as many wait as may.

    To be called outside a transaction, which would hide the end.
    """
    # Not to queue for a slot: who waits for one would hold a thread, as a waiting caller does.
    if not _slots.acquire(blocking=False):
        return None
    try:
        return _waited(job_id, time.monotonic() + wait_s)
    finally:
        _slots.release()


def _waited(job_id: UUID, deadline: float) -> bool:
    look_s = FIRST_LOOK_S
    with job_ends.listener().expecting(job_id) as waiter:
        while True:
            # Asked before the look: an end after the look is heard, and one before it is seen.
            hears = waiter.hears
            if job_is_over(job_id=job_id):
                return True
            left_s = deadline - time.monotonic()
            if left_s <= 0:
                return False
            if not connection.in_atomic_block:
                connection.close()  # back to the pool: a wait needs none
            waiter.wait(left_s if hears else min(look_s, left_s))
            look_s = min(look_s * 1.5, SLOWEST_LOOK_S)
