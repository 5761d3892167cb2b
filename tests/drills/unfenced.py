"""A worker whose leases mean nothing: loaded into a real one, it writes whoever holds the job.

Of each render job it stops in the midst of the work until it is let go, and then fails it.
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO
from unittest.mock import patch

from celery.signals import worker_init
from django.db.models import QuerySet

from images import storage
from images.models import Job
from images.services import job_execution
from images.services.job_lease import Run

PLACE = "UNFENCED_PLACE"
HELD_S = 240.0
"""Far more than another worker takes to start; its time limits are longer still."""


def whoever_holds_it(run: Run) -> QuerySet[Job]:
    """The job's row, where the real one asks for dispatch, attempt and state as well."""
    return Job.objects.filter(id=run.job.id)


@contextmanager
def never_renewed(_run: Run) -> Iterator[None]:
    """The lease runs out while the block runs."""
    yield


@contextmanager
def held(_key: str) -> Iterator[BinaryIO]:
    """No bytes, after a wait."""
    place = Path(os.environ[PLACE])
    (place / "begun").touch()
    deadline = time.monotonic() + HELD_S
    while not (place / "go").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    raise storage.ObjectMissing("a worker that has lost its lease")
    yield  # never


@worker_init.connect
def unfence(**_worker: object) -> None:
    """Take the leases away from the worker that starts, before its children are there."""
    patch.object(Run, "row", whoever_holds_it).start()
    patch.object(job_execution, "lease_kept", never_renewed).start()
    patch.object(storage, "object_on_disk", held).start()
