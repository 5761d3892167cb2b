"""The Django application of the images and worker roles."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

from django.apps import AppConfig

INTERACTIVE: Final = "interactive"
BULK: Final = "bulk"
MAINTENANCE: Final = "maintenance"


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
        "images.sweep": Periodic(
            15.0,
            variable="SWEEP_INTERVAL_S",
            about="Seconds between two looks for jobs that the queue has lost.",
        ),
        "images.purge_trash": Periodic(3600.0),
    }
    """What the scheduler sends, by task."""
    accepted_messages: ClassVar[Mapping[str, Message]] = {
        "images.render": Message((INTERACTIVE, BULK), ids=2, numbers=("interruption",)),
        "images.delete": Message((MAINTENANCE,), ids=2, numbers=("interruption",)),
        "images.sweep": Message((MAINTENANCE,)),
        "images.purge_trash": Message((MAINTENANCE,)),
    }
    """What a worker takes, by task; everything else is dropped."""
