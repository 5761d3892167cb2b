"""Runs that end without a report from their process, counted by the one that gave it the message.

The kernel ends a process that takes too much memory, and Celery one that passes the hard time
limit. Neither gets to `ObservedTask`'s end.
"""

from typing import Any

import structlog
from billiard.einfo import (  # type: ignore[attr-defined]  # the stubs do not know the latter
    ExceptionInfo,
    ExceptionWithTraceback,
)
from billiard.exceptions import WorkerLostError
from celery.worker.request import Request as CeleryRequest
from django.conf import settings

from platform_site.kit.tasks import metrics
from platform_site.kit.tasks.context import identity_of

log = structlog.get_logger("platform.task")


class KilledRunRequest(CeleryRequest):
    """A message that the parent of the pool handles, which learns how the run in a child ended."""

    def on_timeout(self, soft: bool, timeout: float) -> None:  # noqa: FBT001 - Celery's signature
        """The soft limit is an exception in the child, which counts it; the hard one ends it."""
        super().on_timeout(soft, timeout)
        if not soft:
            self._record("time_limit")

    def on_failure(self, exc_info: ExceptionInfo, *args: Any, **kwargs: Any) -> Any:
        """The child raised something, which it has counted, or it is no more."""
        raised = exc_info.exception
        if isinstance(raised, ExceptionWithTraceback):
            raised = raised.exc
        if isinstance(raised, WorkerLostError):
            self._record("worker_lost")
        return super().on_failure(exc_info, *args, **kwargs)

    def _record(self, reason: str) -> None:
        metrics.TASKS.labels(self.name, "killed").inc()
        with identity_of(self.request_dict) as user_id:
            log.error(
                "task",
                role=settings.ROLE,
                task=self.name,
                outcome="killed",
                reason=reason,
                user_id=user_id,
            )
