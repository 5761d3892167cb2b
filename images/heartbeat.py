"""The sign of life of a worker: a row for people and a file for the probe, every 5 seconds.

Runs in the parent process of the worker, from when it takes messages until it has ended. A second
file beside the first, ``….ready``, says that it takes messages: it goes as soon as the worker is
asked to end.
"""

import atexit
import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import structlog
from celery.signals import worker_init, worker_ready, worker_shutdown, worker_shutting_down
from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone

from images.models import WorkerHeartbeat

log = structlog.get_logger(__name__)

BEAT_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class WorkerIdentity:
    """Which worker beats; ``name`` is unique among all of them."""

    name: str
    started_at: datetime
    concurrency: int
    queues: Sequence[str]


class Heart:
    """Beats until stopped. A database that does not answer stops the row, not the file."""

    def __init__(self, identity: WorkerIdentity) -> None:
        self._identity = identity
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._beat_on, daemon=True, name="heartbeat")

    def start(self) -> None:
        """Beat once now, so that ready means seen, and go on in a thread."""
        heartbeat_record(self._identity)
        self._thread.start()

    def stop(self) -> None:
        """Stop, and let the row and the file go: a worker that left is not a dead one."""
        self._stopped.set()
        self._thread.join()
        heartbeat_forget(self._identity.name)

    def _beat_on(self) -> None:
        while not self._stopped.wait(BEAT_S):
            heartbeat_record(self._identity)


def heartbeat_record(identity: WorkerIdentity) -> None:
    """One beat: touch the file, then write the row."""
    if settings.WORKER_HEARTBEAT_FILE:
        Path(settings.WORKER_HEARTBEAT_FILE).touch()
    try:
        WorkerHeartbeat.objects.update_or_create(
            name=identity.name,
            defaults={
                "started_at": identity.started_at,
                "last_seen_at": timezone.now(),
                "concurrency": identity.concurrency,
                "version": settings.VERSION,
                "queues": list(identity.queues),
            },
        )
    except DatabaseError as exc:
        log.warning("heartbeat_not_written", error=type(exc).__name__)
    finally:
        connection.close()  # the pool forks from this process: it must not inherit a connection


def heartbeat_forget(name: str) -> None:
    """Take the row and the files away."""
    files_remove()
    try:
        WorkerHeartbeat.objects.filter(name=name).delete()
    except DatabaseError as exc:
        log.warning("heartbeat_not_deleted", error=type(exc).__name__)
    finally:
        connection.close()


def ready_file() -> Path | None:
    """The file that is there while the worker takes messages; ``None`` where no probe looks."""
    path = settings.WORKER_HEARTBEAT_FILE
    return Path(f"{path}.ready") if path else None


_hearts: list[Heart] = []


@worker_init.connect
def files_remove(**_: Any) -> None:
    """Take the files away, before the first beat too: an earlier run may have been killed."""
    unready()
    if settings.WORKER_HEARTBEAT_FILE:
        Path(settings.WORKER_HEARTBEAT_FILE).unlink(missing_ok=True)


@worker_ready.connect
def heart_start(sender: Any, **_: Any) -> None:
    """Begin to beat when the worker takes messages."""
    identity = WorkerIdentity(
        name=sender.hostname,
        started_at=timezone.now(),
        concurrency=sender.controller.concurrency,
        queues=sorted(sender.app.amqp.queues.consume_from),
    )
    heart = Heart(identity)
    heart.start()
    _hearts.append(heart)
    if path := ready_file():
        path.touch()
    # Celery's cold end sends no signal when it is done.
    atexit.register(heart_stop, process=os.getpid())


@worker_shutting_down.connect
def unready(**_: Any) -> None:
    """Let nobody count on the worker from the moment that it is asked to end.

    Called in a signal handler, which must not write a log.
    """
    if path := ready_file():
        path.unlink(missing_ok=True)


@worker_shutdown.connect
def heart_stop(process: int | None = None, **_: Any) -> None:
    """Stop beating when the worker goes; not when a child of ``process`` does."""
    while _hearts and process in {None, os.getpid()}:
        _hearts.pop().stop()
