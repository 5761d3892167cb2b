"""The Celery application of the role; tasks are found in the apps that the role installs."""

import atexit
import logging.config
import os
import sys
from pathlib import Path
from typing import Any

from celery import Celery
from celery.signals import (
    celeryd_after_setup,
    import_modules,
    setup_logging,
    worker_process_init,
    worker_process_shutdown,
)
from django.conf import settings

from platform_site.checks import start_require
from platform_site.kit.telemetry import metric_files

IS_WORKER = "worker" in sys.argv


@import_modules.connect  # before the application below, whose own receivers load the apps
def share_metrics(**_signal: Any) -> None:
    """Let the children of a worker count into files that the parent serves."""
    if IS_WORKER and settings.METRICS_PORT and not _prepared:
        _prepared.append(metric_files.directory_prepare())
        # Not a signal of Celery's, which some of its ways to end never send.
        atexit.register(leave_nothing, os.getpid())


_prepared: list[Path] = []


def leave_nothing(process: int) -> None:
    """Take away the files of the metrics when ``process`` ends, not when a child of it does."""
    if os.getpid() == process:
        metric_files.directory_remove()


start_require()
app = Celery("platform", task_cls="platform_site.kit.tasks.context:ObservedTask")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def use_our_logging(**_signal: Any) -> None:
    """The worker logs in the same shape as the web."""
    logging.config.dictConfig(settings.LOGGING)


@celeryd_after_setup.connect
def serve_metrics(**_signal: Any) -> None:
    """In the parent: serve what the children count, and the state of queues and workers.

    On a laptop the web process has ``METRICS_PORT``, so the worker takes the next one.
    """
    import platform_site.kit.tasks.drain  # noqa: F401, PLC0415 - listens to the worker's signals
    from platform_site.kit.tasks.metrics import (  # noqa: PLC0415 - likewise
        GaugeCollector,
        messages_begin,
        tasks_begin,
    )
    from platform_site.kit.tasks.offers import worker_gauges  # noqa: PLC0415 - of loaded apps
    from platform_site.kit.telemetry.metrics import exporter_start  # noqa: PLC0415 - after the directory

    messages_begin(list(app.amqp.queues))
    tasks_begin([name for name in app.tasks if not name.startswith("celery.")])
    shift = 1 if settings.METRICS_PORT and settings.ROLE == "embedded" else 0
    collector = GaugeCollector(*worker_gauges())
    exporter_start(settings.METRICS_PORT + shift, collectors=[collector])


@worker_process_init.connect
def child_begin(**_signal: Any) -> None:
    """In a child: count into the files of its place in the pool, and trace if that is asked for."""
    from billiard.process import current_process  # noqa: PLC0415 - only a child has a place
    from django.core.files.storage import storages  # noqa: PLC0415 - after the settings

    from platform_site.kit.telemetry import tracing  # noqa: PLC0415 - each child exports for itself

    # The parent may have asked the object store how it is; a child must not share its sockets.
    storages._storages.clear()  # type: ignore[attr-defined]  # noqa: SLF001
    place: Any = current_process()
    metric_files.slot_take(f"child{place.index}")
    tracing.start_worker()


@worker_process_shutdown.connect
def child_end(**_signal: Any) -> None:
    """In a child: send the traces that are left."""
    from platform_site.kit.telemetry import tracing  # noqa: PLC0415 - as above

    tracing.stop()
