"""The tables of the images application, a module for each subject."""

from images.models.acts import ImageAct
from images.models.exports import Export, ExportEntry, archive_key
from images.models.library import (
    ACTIVE_STATES,
    TAG_CHARACTERS,
    TITLE_CHARACTERS,
    Figure,
    Image,
    Job,
    Rendition,
    Reservation,
    Tag,
    Usage,
    WorkerHeartbeat,
)

__all__ = [
    "ACTIVE_STATES",
    "TAG_CHARACTERS",
    "TITLE_CHARACTERS",
    "Export",
    "ExportEntry",
    "Figure",
    "Image",
    "ImageAct",
    "Job",
    "Rendition",
    "Reservation",
    "Tag",
    "Usage",
    "WorkerHeartbeat",
    "archive_key",
]
