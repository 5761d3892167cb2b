"""Configuration of gunicorn for every role: ``gunicorn -c python:platform_site.gunicorn …``.

Threads, because a role waits for the network most of the time; short keep-alive behind a proxy;
heartbeat files in memory; metrics of all workers joined and served on a port of their own.
"""

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from platform_site.kit import env

wsgi_app = "platform_site.wsgi:application"
bind = [f"{env.text('HOST', '127.0.0.1')}:{env.integer('PORT', 8000)}"]
worker_class = "gthread"
workers = env.integer("WEB_WORKERS", 2)
threads = env.integer("WEB_THREADS", 16)
timeout = 60
graceful_timeout = 30
keepalive = 65
max_requests = env.integer("WEB_MAX_REQUESTS", 0)
max_requests_jitter = max_requests // 10
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - memory, not disk
control_socket_disable = True
forwarded_allow_ips = "*" if env.integer("TRUSTED_PROXY_COUNT", 0) else "127.0.0.1"
errorlog = "-"
loglevel = "warning"
limit_request_line = 4094
limit_request_fields = 64


def on_starting(_server: Any) -> None:
    """Start with an empty directory for the workers' metrics: stale files would be counted."""
    directory = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    if directory is None:
        directory = tempfile.mkdtemp(prefix="metrics-")
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = directory
    shutil.rmtree(directory, ignore_errors=True)
    Path(directory).mkdir(parents=True)


def when_ready(_server: Any) -> None:
    """Serve the joined metrics from the arbiter, which outlives its workers."""
    from django.conf import settings  # noqa: PLC0415 - after the directory is made

    from platform_site.kit.metrics import exporter_start  # noqa: PLC0415 - likewise

    exporter_start(settings.METRICS_PORT)


def child_exit(_server: Any, worker: Any) -> None:
    """Forget the gauges of a worker that has ended; its counters stay counted."""
    from prometheus_client import multiprocess  # noqa: PLC0415 - after the directory is made

    multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def worker_int(_worker: Any) -> None:
    """Answer "not ready" while the worker ends, so that nobody sends it more."""
    from platform_site.kit.health import drain  # noqa: PLC0415 - after the fork

    drain()
