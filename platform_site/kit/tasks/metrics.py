"""What Prometheus sees of tasks, and of what the apps say of the deployment when it asks.

Tasks are counted by the children of a worker, and by the parent where a child was killed. The
gauges that an app offers (`platform_site.kit.tasks.offers`) are asked for by the parent.
"""

import math
import threading
import time
from collections.abc import Collection, Iterable
from typing import Final

from django.db import connection
from prometheus_client import Counter, Histogram, Metric
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from platform_site.kit.tasks.forks import no_fork
from platform_site.kit.tasks.messages import REASONS
from platform_site.kit.tasks.offers import Report, WorkerGauges

TASKS: Final = Counter(
    "celery_tasks_total", "Tasks that a worker ran, by outcome.", ["task", "outcome"]
)
TASK_SECONDS: Final = Histogram(
    "celery_task_seconds",
    "Time that a worker spent on a task.",
    ["task"],
    buckets=(0.05, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 60.0, 90.0),
)
MESSAGES_REFUSED: Final = Counter(
    "celery_messages_refused_total",
    "Messages that a worker dropped unread, by what was wrong with them.",
    ["queue", "reason"],
)
ASK_EVERY_S: Final = 4.0
WAIT_S: Final = 5.0
"""How long a scrape waits for an answer: Prometheus gives up after ten seconds."""
KEEP_S: Final = 120.0
"""How long an answer counts: a store that hangs delays the next by three tries of 23 seconds."""
AGE: Final = (
    "platform_report_age_seconds",
    "Age of what this worker knows of the platform.",
)


def observe_task(*, name: str, outcome: str, seconds: float) -> None:
    """Count one run of a task."""
    TASKS.labels(name, outcome).inc()
    TASK_SECONDS.labels(name).observe(seconds)


def messages_begin(queues: Collection[str]) -> None:
    """Let the messages that are dropped begin at 0, so that the first is seen."""
    for queue in queues:
        for reason in REASONS:
            MESSAGES_REFUSED.labels(queue, reason)


def tasks_begin(names: Collection[str]) -> None:
    """Let the failures of these tasks begin at 0, so that the first is seen."""
    for name in names:
        for outcome in ("failed", "killed"):
            TASKS.labels(name, outcome)


class GaugeCollector(Collector):
    """Asks the apps for their reports when it is scraped, and at most every four seconds.

    A part that hangs holds the question up and not the scrape, which would otherwise lose what is
    known of all others: then the last report counts until it is too old.
    """

    def __init__(self, *offered: WorkerGauges) -> None:
        self._questions = [_Question(one) for one in offered]

    def describe(self) -> Iterable[Metric]:
        """The names, so that registering asks nothing yet."""
        return [GaugeMetricFamily(*AGE), *self._gauges([None] * len(self._questions))]

    def collect(self) -> Iterable[Metric]:
        """The gauges; one that cannot be known now has no sample."""
        # On threads of their own, which may go on after the scrape has given up.
        threads = [question.asked() for question in self._questions]
        until = time.monotonic() + WAIT_S
        for thread in threads:
            thread.join(max(0.0, until - time.monotonic()))
        answers = [question.answer() for question in self._questions]
        age = GaugeMetricFamily(*AGE)
        if known := [age_s for report, age_s in answers if report is not None]:
            age.add_metric([], max(known))
        return [age, *self._gauges([report for report, _age_s in answers])]

    def _gauges(self, reports: Iterable[Report | None]) -> list[Metric]:
        return [
            gauge
            for question, report in zip(self._questions, reports, strict=True)
            for gauge in question.offered.gauges(report)
        ]


class _Question:
    """What one app is asked, and its last answer."""

    def __init__(self, offered: WorkerGauges) -> None:
        self.offered = offered
        self._lock = threading.Lock()
        self._asking: threading.Thread | None = None
        self._reported_at = -math.inf
        self._report: Report | None = None

    def answer(self) -> tuple[Report | None, float]:
        """The last report and its age in seconds; ``None`` when it is too old to count."""
        with self._lock:
            report, age_s = self._report, time.monotonic() - self._reported_at
        return (None if age_s > KEEP_S else report), age_s

    def asked(self) -> threading.Thread:
        """The question that is being asked, or was a moment ago."""
        with self._lock:
            asking = self._asking
            is_late = time.monotonic() - self._reported_at >= ASK_EVERY_S
            if asking is None or (is_late and not asking.is_alive()):
                asking = threading.Thread(target=self._ask, name="worker-report", daemon=True)
                asking.start()
                self._asking = asking
        return asking

    def _ask(self) -> None:
        with no_fork():  # the first question imports what it needs, as a child will
            try:
                report = self.offered.report()
            finally:
                connection.close()  # children are forked from this process and must not inherit one
        with self._lock:
            self._report, self._reported_at = report, time.monotonic()
