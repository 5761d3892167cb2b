"""The Django application of the images and worker roles, and what it offers to whoever deploys it.

The composition (settings, Redis users, metrics of a worker) names no task, queue or field of the
app itself: it reads them here. Imports neither models nor services, since settings import it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

from django.apps import AppConfig

INTERACTIVE: Final = "interactive"
BULK: Final = "bulk"
MAINTENANCE: Final = "maintenance"

RENDER_TASK: Final = "images.render"
DELETE_TASK: Final = "images.delete"
SWEEP_TASK: Final = "images.sweep"
PURGE_TRASH_TASK: Final = "images.purge_trash"


@dataclass(frozen=True, slots=True)
class Periodic:
    """A task that is due every ``every_s`` seconds, or as ``variable`` says, which is ``about``."""

    every_s: float
    queue: str = MAINTENANCE
    variable: str = ""
    about: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """What a worker takes of a task: from which queues, with how many ids, with which numbers."""

    queues: tuple[str, ...]
    ids: int = 0
    numbers: tuple[str, ...] = ()
    """Names of whole numbers, or null, that may come along."""


class ImagesConfig(AppConfig):
    """Originals, renditions, jobs and usage."""

    name = "images"
    label = "images"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Images"
    queues: ClassVar = (INTERACTIVE, BULK, MAINTENANCE)
    """Those that a worker of the app reads; the first is for a task that names none."""
    periodic: ClassVar[Mapping[str, Periodic]] = {
        SWEEP_TASK: Periodic(
            15.0,
            variable="SWEEP_INTERVAL_S",
            about="Seconds between two looks for jobs that the queue has lost.",
        ),
        PURGE_TRASH_TASK: Periodic(3600.0),
    }
    """What the scheduler sends, by task."""
    accepted_messages: ClassVar[Mapping[str, Message]] = {
        RENDER_TASK: Message((INTERACTIVE, BULK), ids=2, numbers=("interruption",)),
        DELETE_TASK: Message((MAINTENANCE,), ids=2, numbers=("interruption",)),
        SWEEP_TASK: Message((MAINTENANCE,)),
        PURGE_TRASH_TASK: Message((MAINTENANCE,)),
    }
    """What a worker takes, by task; everything else is dropped."""
    # Dotted paths: both need tables or settings, which are not there when this is imported.
    worker_report: ClassVar = "images.services.status.status_report"
    """A callable that asks every part how it is, now; it may take seconds."""
    worker_gauges: ClassVar = "images.gauges.worker_gauges"
    """A callable that makes the gauges of a report; of ``None``, all of them without samples."""
