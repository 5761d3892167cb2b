"""Carries the identity of a request to the task that it sends: request id, trace and user.

The sending half is connected in every role that has a broker (`platform_site.apps`); the receiving
half is the base class of all tasks of a worker.
"""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

import structlog
from celery import Task
from celery.app.task import Context
from celery.exceptions import Retry
from celery.signals import before_task_publish
from django.conf import settings

from platform_site.kit.tasks import metrics
from platform_site.kit.telemetry import request_context

log = structlog.get_logger("platform.task")

HEADERS: Final = ("request_id", "traceparent", "user_id")


@before_task_publish.connect
def headers_add(headers: dict[str, Any] | None = None, **_signal: Any) -> None:
    """Write the context in hand into the headers of the message."""
    if headers is None:
        return
    outgoing = request_context.outgoing_headers()
    found = (
        outgoing.get("X-Request-ID"),
        outgoing.get("traceparent"),
        request_context.current_user_id(),
    )
    for name, value in zip(HEADERS, found, strict=True):
        if value and not headers.get(name):  # a tracer may have written its own span already
            headers[name] = value


@contextmanager
def identity_of(headers: Mapping[str, Any] | Context) -> Iterator[str | None]:
    """Act under the identity that the message brought; gives the user's id."""
    request_id, traceparent, user_id = (headers.get(name) for name in HEADERS)
    with (
        request_context.bind(request_id, traceparent),
        request_context.acting_for(lambda: user_id),
    ):
        yield user_id


class ObservedTask(Task):  # type: ignore[type-arg]
    """A task that runs under the identity of its message, and is counted and logged once."""

    abstract = True
    Request = "platform_site.kit.tasks.killed_runs:KilledRunRequest"

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        """Run the task, then count and log the outcome."""
        with identity_of(self.request) as user_id:
            started, outcome = time.perf_counter(), "failed"
            try:
                result = self.run(*arguments, **named)
                outcome = "succeeded"
            except Retry:
                outcome = "retried"
                raise
            finally:
                seconds = time.perf_counter() - started
                metrics.observe_task(name=self.name, outcome=outcome, seconds=seconds)
                level = log.error if outcome == "failed" else log.info
                level(
                    "task",
                    role=settings.ROLE,
                    task=self.name,
                    outcome=outcome,
                    seconds=round(seconds, 6),
                    user_id=user_id,
                )
            return result
