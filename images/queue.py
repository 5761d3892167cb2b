"""The broker: the only module that names a task. Losing a message here delays work, no more."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, Final
from uuid import UUID

import structlog
from celery import Celery
from kombu.exceptions import ChannelError, KombuError
from redis.exceptions import RedisError

from images import metrics
from images.apps import (
    BULK,
    DELETE_TASK,
    EXPORT_TASK,
    INTERACTIVE,
    MAINTENANCE,
    RENDER_TASK,
    ImagesConfig,
)
from images.models import Job
from images.renditions import parse_spec

log = structlog.get_logger(__name__)

TASKS: Final[Mapping[str, str]] = {
    Job.Kind.RENDER: RENDER_TASK,
    Job.Kind.DELETE: DELETE_TASK,
    Job.Kind.EXPORT: EXPORT_TASK,
}
CONNECT_TIMEOUT_S: Final = 2

BROKER_ERRORS: Final = (KombuError, ChannelError, RedisError, OSError)


def queue_for(kind: Job.Kind, specs: Iterable[str]) -> str:
    """The queue of a job of ``kind`` with the canonical ``specs``.

    Priorities would not do: Redis gives queues out in turn. So whatever takes seconds for each
    picture waits in a queue with workers of its own, and nobody who looks at a page behind it.
    """
    if kind == Job.Kind.DELETE:
        return MAINTENANCE
    if kind == Job.Kind.EXPORT:
        return BULK
    is_slow = any(parse_spec(text).image_format.slow for text in specs)
    return BULK if is_slow else INTERACTIVE


def job_send(*, kind: str, job_id: UUID, dispatch_id: UUID, queue: str) -> bool:
    """Hand a job to the broker under ``dispatch_id``; false when the broker does not take it.

    Not an error: the row says that the job is queued, and the sweeper sends it again.
    """
    try:
        _sender().send_task(
            TASKS[kind],
            args=[str(job_id), str(dispatch_id)],
            task_id=str(dispatch_id),
            queue=queue,
            retry=False,
        )
    except BROKER_ERRORS as exc:
        metrics.DISPATCHES_TOTAL.labels(queue, "refused").inc()
        log.warning("job_not_sent", job_id=str(job_id), queue=queue, error=type(exc).__name__)
        return False
    metrics.DISPATCHES_TOTAL.labels(queue, "sent").inc()
    return True


def depths() -> dict[str, int] | None:
    """Messages that wait in each queue; ``None`` when the broker does not answer."""
    try:
        with _sender().connection_for_read(connect_timeout=CONNECT_TIMEOUT_S) as connection:
            connection.ensure_connection(max_retries=1, interval_start=0, timeout=CONNECT_TIMEOUT_S)
            return {name: _depth(connection, name) for name in ImagesConfig.queues}
    except BROKER_ERRORS as exc:
        log.warning("broker_unavailable", error=type(exc).__name__)
        return None


@cache
def _sender() -> Celery:
    # An application of its own, so that a process that only sends needs nothing else set up.
    app = Celery("images", set_as_current=False)
    app.config_from_object("django.conf:settings", namespace="CELERY")
    return app


def _depth(connection: Any, name: str) -> int:
    with connection.channel() as channel:
        try:
            # Passive: to ask must not make a queue.
            return int(channel.queue_declare(queue=name, passive=True).message_count)
        except ChannelError:  # an empty Redis list is one that does not exist
            return 0
