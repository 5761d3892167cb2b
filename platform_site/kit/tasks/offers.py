"""What an app offers to whoever runs its tasks, through attributes of its AppConfig.

``queues`` (the first is for a task that names none), ``periodic`` and ``accepted_messages`` by
task, ``worker_report`` and ``worker_gauges``. The composition asks for these and so knows no app's
tasks, queues or fields. Settings ask before any app is loaded, and the scheduler for an app that it
never loads, so this module imports no models, no Celery and no metric.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.apps import AppConfig, apps
from django.utils.module_loading import import_string

if TYPE_CHECKING:
    from prometheus_client.core import GaugeMetricFamily


@dataclass(frozen=True, slots=True)
class PeriodicTask:
    """A task that is due every ``every_s`` seconds, or as ``variable`` says, which is ``about``."""

    every_s: float
    queue: str
    variable: str = ""
    about: str = ""


@dataclass(frozen=True, slots=True)
class AcceptedMessage:
    """What a worker takes of a task: from which queues, with how many ids, with which numbers."""

    queues: tuple[str, ...]
    ids: int = 0
    numbers: tuple[str, ...] = ()
    """Names of whole numbers, or null, that may come along."""


Report = Mapping[str, Any]
"""What an app says of itself; only the app reads it."""
Gauges = Iterable["GaugeMetricFamily"]


@dataclass(frozen=True, slots=True)
class WorkerGauges:
    """Gauges of a whole deployment, the same in every worker: take the maximum, never the sum."""

    report: Callable[[], Report]
    """Asks every part; may take seconds."""
    gauges: Callable[[Report | None], Gauges]
    """The gauges of a report; of ``None``, all of them without samples."""


def configs(names: Iterable[str]) -> list[AppConfig]:
    """The AppConfigs of apps of this house, in the form that ``INSTALLED_APPS`` has; not loaded.

    An app's `models` are not imported. Names with a dot are Django's own apps: some of those read
    the settings when they are imported, which is too early for settings that ask.
    """
    return [AppConfig.create(name) for name in names if "." not in name]


def queues_of(found: Iterable[AppConfig]) -> tuple[str, ...]:
    """Every queue that one of these apps has work for."""
    return tuple(name for app in found for name in getattr(app, "queues", ()))


def periodic_of(found: Iterable[AppConfig]) -> dict[str, PeriodicTask]:
    """What is due from time to time, by task."""
    return _joined(found, "periodic")


def accepted_messages() -> dict[str, AcceptedMessage]:
    """Every task that an installed app declares, and what may come with it."""
    return _joined(apps.get_app_configs(), "accepted_messages")


def worker_gauges() -> list[WorkerGauges]:
    """What the installed apps want every worker to serve, beside what it counts."""
    # Dotted paths on the AppConfig: what they lead to needs models, which come after it.
    paths = [
        (getattr(app, "worker_report", ""), getattr(app, "worker_gauges", ""))
        for app in apps.get_app_configs()
    ]
    return [
        WorkerGauges(import_string(report), import_string(gauges))
        for report, gauges in paths
        if report and gauges
    ]


def _joined(found: Iterable[AppConfig], attribute: str) -> dict[str, Any]:
    return {task: rule for app in found for task, rule in getattr(app, attribute, {}).items()}
