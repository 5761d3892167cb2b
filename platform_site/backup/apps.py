"""The Django application of backups: the table of what was run, and what a worker tells of it."""

from typing import ClassVar

from django.apps import AppConfig


class BackupConfig(AppConfig):
    """Backups, rehearsals of a restore, and restores."""

    name = "platform_site.backup"
    label = "backup"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Backups"
    # Dotted paths: both need the table, which is not there when this is imported.
    worker_report: ClassVar = "platform_site.backup.selectors.runs_report"
    worker_gauges: ClassVar = "platform_site.backup.gauges.run_gauges"
