"""Configuration of gunicorn for every role: ``gunicorn -c python:platform_site.gunicorn …``.

Threads, because a role waits for the network most of the time, and none for a slow client
(`platform_site.web`); short keep-alive behind a proxy;
heartbeat files in memory; metrics of all workers joined and served on a port of their own.
The role is loaded once, before the fork, so that its processes share that memory (record 65).
"""

import gc
import signal
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

from platform_site import variables
from platform_site.kit import env
from platform_site.kit.telemetry import metric_files

HOST = env.text("HOST", "127.0.0.1", about="Address on which the role listens.")
PORT = variables.port()

wsgi_app = "platform_site.wsgi:application"
bind = [f"{HOST}:{PORT}"]
worker_class = "platform_site.web.worker.WebWorker"
# Connections of one process, idle and unfinished ones included; above, the oldest of those ends.
worker_connections = 512
workers = env.integer("WEB_WORKERS", 2, about="Web processes of the role.")
threads = env.integer(
    "WEB_THREADS", 16, about="Threads of one web process, each for one request at a time."
)
CLIENT_WAIT_S = env.integer(
    "WEB_CLIENT_WAIT_S",
    10,
    about="Seconds that a client may keep a request unfinished, or an answer unread; longer "
    "bodies have as many more as they come at 8 KiB a second.",
)
# For a main loop that has stopped turning; a thread may work for as long as its own deadlines let
# it.
timeout = 60
# The longest that the proxy in front waits for an answer (frontend/nginx: uploads).
graceful_timeout = 60
keepalive = 65
max_requests = env.integer(
    "WEB_MAX_REQUESTS", 0, about="Requests after which a web process is replaced; 0 keeps it."
)
# So that processes are not all replaced in the same moment.
max_requests_jitter = max_requests // 10
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - memory, not disk
# A way to steer the process that nobody here uses, and one less thing to protect.
control_socket_disable = True
forwarded_allow_ips = "*" if variables.trusted_proxy_count() else "127.0.0.1"
errorlog = "-"
loglevel = "warning"
# `platform_site.web.connections` refuses what is longer before it reaches the parser.
limit_request_line = 4094
limit_request_fields = 64


NEW_OBJECTS = 10_000
"""How many objects more than before there are in a process when those in cycles are looked for."""


def on_starting(server: Any) -> None:
    """Start with an empty directory for the workers' metrics, and load the role for all of them.

    Stale files would be counted, and the client chooses its own when it is imported: so not by
    gunicorn's ``preload_app``, which comes before this.
    """
    metric_files.directory_prepare()
    try:
        role_load(server.app.wsgi)
    except BaseException:
        metric_files.directory_remove()
        raise


def role_load(application_load: Callable[[], object]) -> None:
    """Load the application and every view, which Django leaves to the first request.

    For the process whose children are to share them: it opens nothing, and begins no thread.
    """
    from django.urls import get_resolver  # noqa: PLC0415 - after the directory is made

    application_load()
    _ = get_resolver().url_patterns
    # What is here by now stays: collectors of the children would write into each object they look
    # at, and so make each page their own.
    gc.collect()
    gc.freeze()
    # A request leaves few cycles behind: at Python's own 700 new objects, the collector would take
    # a twentieth of the processor time of a small one.
    gc.set_threshold(NEW_OBJECTS)


def apps_serve() -> None:
    """In a process that serves: begin what an app wants done beside requests (``serve``)."""
    from django.apps import apps  # noqa: PLC0415 - after the directory is made

    for config in apps.get_app_configs():
        begin = getattr(config, "serve", None)
        if begin is not None:
            begin()


def when_ready(_server: Any) -> None:
    """Serve the joined metrics from the arbiter, which outlives its workers."""
    from django.conf import settings  # noqa: PLC0415 - after the directory is made

    from platform_site.kit.telemetry.metrics import exporter_start  # noqa: PLC0415 - likewise

    exporter_start(settings.METRICS_PORT)


def pre_fork(server: Any, worker: Any) -> None:
    """Give the worker a slot for its metrics: the one of a worker that has ended, if there is."""
    from django.conf import settings  # noqa: PLC0415 - after the directory is made

    from platform_site.kit.telemetry.metrics import PROCESSES  # noqa: PLC0415 - likewise

    PROCESSES.labels(settings.ROLE).inc()
    taken = {other.slot for other in server.WORKERS.values()}
    worker.slot = metric_files.slot_free(taken, prefix="web")


def post_fork(_server: Any, worker: Any) -> None:
    """In the worker: count into its slot, and trace if that is asked for."""
    metric_files.slot_take(worker.slot)

    from platform_site.kit.telemetry import tracing  # noqa: PLC0415 - each worker exports for itself

    tracing.start_web()
    if tracing.collector():
        worker.app.wsgi().load_middleware()  # again: the tracer has added one


def on_exit(_server: Any) -> None:
    """Leave nothing behind."""
    metric_files.directory_remove()


def post_worker_init(_worker: Any) -> None:
    """Let the apps begin; answer "not ready" once the worker is asked to end.

    So nobody sends it more.
    """
    from platform_site.kit.health import drain  # noqa: PLC0415 - after the fork

    apps_serve()

    # gunicorn has set its own handler by now; ours runs first and then hands over to it.
    end = signal.getsignal(signal.SIGTERM)

    def drain_and_end(number: int, frame: FrameType | None) -> None:
        drain()
        if callable(end):
            end(number, frame)

    signal.signal(signal.SIGTERM, drain_and_end)
