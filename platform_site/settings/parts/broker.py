"""The task queue. The row in the database is the truth about a job; this only carries its id."""

import ssl
from typing import Any

from django.utils.module_loading import import_string
from kombu import Queue

from platform_site.kit import env

CELERY_BROKER_URL = env.server_url(
    "BROKER_URL",
    is_secret=True,
    about="Address of the task queue, with the role's user and password.",
)
CELERY_BROKER_TRANSPORT = "platform_site.kit.tasks.redis_broker:Transport"
if CELERY_BROKER_URL.startswith("rediss:"):
    CELERY_BROKER_USE_SSL = {"ssl_cert_reqs": ssl.CERT_REQUIRED}
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {
    "visibility_timeout": 600,
    "socket_timeout": 5,
    "socket_connect_timeout": 1,
    "socket_keepalive": True,
    "health_check_interval": 25,
    "max_retries": 0,
}
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CHANNEL_ERROR_RETRY = True
CELERY_TASK_PUBLISH_RETRY = False
# What one role sends to another is ids in JSON; nobody steers a worker through the queue.
CELERY_ACCEPT_CONTENT = CELERY_RESULT_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = CELERY_RESULT_SERIALIZER = CELERY_EVENT_SERIALIZER = "json"
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False

# The app that has work for a queue says which queues there are, and what it wants done regularly.
_WORK: Any = import_string("images.apps.ImagesConfig")
QUEUES: tuple[str, ...] = _WORK.queues
CELERY_TASK_QUEUES = tuple(Queue(name, routing_key=name) for name in QUEUES)
CELERY_TASK_DEFAULT_QUEUE = QUEUES[0]
CELERY_TASK_CREATE_MISSING_QUEUES = False

CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_RETRY_ON_WORKER_LOST = True
CELERY_TASK_SOFT_TIME_LIMIT = 60
CELERY_TASK_TIME_LIMIT = 90
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# `platform_site.kit.tasks.drain`: whatever a worker has in hand ends by itself before this.
WORKER_DRAIN_S = env.number(
    "WORKER_DRAIN_S",
    CELERY_TASK_SOFT_TIME_LIMIT + 5.0,
    about="How long a worker that is asked to end may finish what it has in hand, in seconds.",
)
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_WORKER_MAX_TASKS_PER_CHILD = 200
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 400_000
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_SEND_TASK_EVENTS = False

# Intervals only, so there is nothing to remember over a restart and no file to write.
CELERY_BEAT_SCHEDULER = "celery.beat:Scheduler"
CELERY_BEAT_SCHEDULE: dict[str, dict[str, Any]] = {}
for _task, _due in _WORK.periodic.items():
    _every_s = (
        env.number(_due.variable, _due.every_s, about=_due.about) if _due.variable else _due.every_s
    )
    CELERY_BEAT_SCHEDULE[_task] = {
        "task": _task,
        "schedule": _every_s,
        # What has waited until the next is due is not needed any more.
        "options": {"queue": _due.queue, "expires": max(30.0, _every_s)},
    }
