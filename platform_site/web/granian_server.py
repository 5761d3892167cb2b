"""A role on granian in place of gunicorn: ``python -m platform_site.web.granian_server``.

Takes the variables of `platform_site.gunicorn`; metrics, logs, traces and the end are the same. For
roles behind a proxy that takes requests in before it sends them on (record 80).
"""

import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from functools import partial
from typing import Any, Final

from django.conf import settings
from django.utils.module_loading import import_string
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server.mp import MPServer

from platform_site import gunicorn
from platform_site.kit.telemetry import metric_files
from platform_site.web.connections import HEAD_BYTES

ENDING: Final = frozenset({signal.SIGTERM, signal.SIGINT})
"""Signals that ask a process to end."""
LISTENED_EVERY_S: Final = 0.01
PARSER_LEAST_BYTES: Final = 8 * 1024
WSGI_APP: Final = gunicorn.wsgi_app.replace(":", ".")


class RoleServer(MPServer):
    """Granian's server, which gives each worker a slot for its metrics.

    The kernel gives a signal to any thread that lets it in, and Python hears of it when its main
    thread runs. That one waits in C, so a signal that another thread was given is lost until the
    next. All threads but one are therefore closed to those that ask for an end: here the main one
    is open, and a worker has `signals_hear`.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._starts = Counter[int]()

    def _spawn_worker(self, idx: int, target: Any, callback_loader: Any) -> Any:  # type: ignore[override]  # noqa: ARG002
        # One that takes another's place overlaps with it, so two slots take turns.
        slot = f"web{idx + self.workers * (self._starts[idx] % 2)}"
        self._starts[idx] += 1
        return super()._spawn_worker(idx, target, partial(application_load, slot))

    def startup(self, *arguments: Any) -> None:
        """Granian's; the workers and the threads that watch them begin with closed signals."""
        with _signals_closed():
            super().startup(*arguments)  # type: ignore[no-untyped-call]

    def _respawn_workers(self, *arguments: Any, **options: Any) -> None:
        with _signals_closed():
            super()._respawn_workers(*arguments, **options)


@contextmanager
def _signals_closed() -> Iterator[None]:
    """What asks for an end meanwhile does so afterwards."""
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)


def signals_hear() -> None:
    """In a worker, whose threads are all closed to signals: hand them to what granian sets."""
    ours = {int(number): signal.getsignal(number) for number in ENDING}

    def hear() -> None:
        while True:
            number = signal.sigwait(ENDING)
            while (handler := signal.getsignal(number)) == ours[number]:
                time.sleep(LISTENED_EVERY_S)  # it is the parent's: the worker does not serve yet
            if callable(handler):
                handler(number, None)

    threading.Thread(target=hear, name="signals", daemon=True).start()


def application_load(slot: str) -> Any:
    """In the worker: count into ``slot``, trace if that is asked for, and load the application."""
    signals_hear()
    metric_files.slot_take(slot)

    from platform_site.kit.telemetry import tracing  # noqa: PLC0415 - after the files are there
    from platform_site.web.bounded_application import bounded  # noqa: PLC0415 - likewise

    tracing.start_web()
    application = bounded(import_string(WSGI_APP))
    gunicorn.apps_serve()
    return application


def server() -> RoleServer:
    """The server of the role that the environment describes."""
    made = RoleServer(
        target=gunicorn.wsgi_app,
        address=gunicorn.HOST,
        port=gunicorn.PORT,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(
            # It is the patience with an idle connection, too, which has to outlive the proxy's.
            header_read_timeout=gunicorn.keepalive * 1000,
            max_buffer_size=max(HEAD_BYTES, PARSER_LEAST_BYTES),
        ),
        websockets=False,
        workers=gunicorn.workers,
        blocking_threads=gunicorn.threads,
        backpressure=gunicorn.worker_connections,
        respawn_failed_workers=True,
        workers_kill_timeout=gunicorn.graceful_timeout,
        log_level=LogLevels.warning,
        log_dictconfig=deepcopy(settings.LOGGING),
    )
    made.on_startup(partial(gunicorn.when_ready, made))
    made.on_shutdown(metric_files.directory_remove)
    return made


def main() -> None:
    """Serve until the process is asked to end."""
    metric_files.directory_prepare()
    # Here first: a role that cannot start says why and ends, and workers share its pages.
    gunicorn.role_load(partial(import_string, WSGI_APP))
    server().serve()


if __name__ == "__main__":
    main()
