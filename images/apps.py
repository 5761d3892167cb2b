"""The Django application of the images and worker roles, and what it offers to whoever deploys it.

The composition (settings, Redis users, metrics of a worker) names no task, queue or field of the
app itself: it reads them here. Imports neither models nor services, since settings import it.
"""

from collections.abc import Mapping
from typing import ClassVar, Final

from django.apps import AppConfig

from platform_site.kit.tasks.offers import AcceptedMessage, PeriodicTask

INTERACTIVE: Final = "interactive"
BULK: Final = "bulk"
MAINTENANCE: Final = "maintenance"

RENDER_TASK: Final = "images.render"
DELETE_TASK: Final = "images.delete"
EXPORT_TASK: Final = "images.export"
SWEEP_TASK: Final = "images.sweep"
PURGE_TRASH_TASK: Final = "images.purge_trash"


class ImagesConfig(AppConfig):
    """Originals, renditions, jobs and usage."""

    name = "images"
    label = "images"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Images"
    queues: ClassVar = (INTERACTIVE, BULK, MAINTENANCE)
    """Those that a worker of the app reads; the first is for a task that names none."""
    periodic: ClassVar[Mapping[str, PeriodicTask]] = {
        SWEEP_TASK: PeriodicTask(
            15.0,
            MAINTENANCE,
            variable="SWEEP_INTERVAL_S",
            about="Seconds between two looks for jobs that the queue has lost.",
        ),
        PURGE_TRASH_TASK: PeriodicTask(3600.0, MAINTENANCE),
    }
    """What the scheduler sends, by task."""
    accepted_messages: ClassVar[Mapping[str, AcceptedMessage]] = {
        RENDER_TASK: AcceptedMessage((INTERACTIVE, BULK), ids=2, numbers=("interruption",)),
        DELETE_TASK: AcceptedMessage((MAINTENANCE,), ids=2, numbers=("interruption",)),
        EXPORT_TASK: AcceptedMessage((BULK,), ids=2, numbers=("interruption",)),
        SWEEP_TASK: AcceptedMessage((MAINTENANCE,)),
        PURGE_TRASH_TASK: AcceptedMessage((MAINTENANCE,)),
    }
    """What a worker takes, by task; everything else is dropped."""
    # Dotted paths: all need tables or settings, which are not there when this is imported.
    worker_report: ClassVar = "images.services.status.status_report"
    """A callable that asks every part how it is, now; it may take seconds."""
    stored_objects: ClassVar = "images.selectors.stored_objects.object_references"
    """A callable that tells which objects the rows of a database refer to, for backups."""
    worker_gauges: ClassVar = "images.gauges.worker_gauges"
    """A callable that makes the gauges of a report; of ``None``, all of them without samples."""
