"""The task queue. The row in the database is the truth about a job; this only carries its id."""

import ssl
from typing import Any

from kombu import Queue

from platform_site.kit import env
from platform_site.kit.tasks import offers

CELERY_BROKER_URL = env.server_url(
    "BROKER_URL",
    is_secret=True,
    about="URL of the task queue, with the role's user and password.",
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
# A request does not wait for the broker: the row says that the job is queued, and the sweep sends
# it.
CELERY_TASK_PUBLISH_RETRY = False
# What one role sends to another is ids in JSON; nobody steers a worker through the queue.
CELERY_ACCEPT_CONTENT = CELERY_RESULT_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = CELERY_RESULT_SERIALIZER = CELERY_EVENT_SERIALIZER = "json"
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False

CELERY_TASK_CREATE_MISSING_QUEUES = False
# A message is acknowledged when the work is done, so that one whose worker dies comes again.
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_RETRY_ON_WORKER_LOST = True
CELERY_TASK_SOFT_TIME_LIMIT = 60
CELERY_TASK_TIME_LIMIT = 90
CELERY_TASK_IGNORE_RESULT = True
# A worker takes no more than it can begin, or short jobs would wait behind a long one.
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# `platform_site.kit.tasks.drain`: every task that a worker runs ends by itself before this.
WORKER_DRAIN_S = env.number(
    "WORKER_DRAIN_S",
    CELERY_TASK_SOFT_TIME_LIMIT + 5.0,
    about="How long a worker that is asked to end may finish what it has in hand, in seconds.",
)
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
# Decoders fragment memory; a process that is replaced gives all of it back.
CELERY_WORKER_MAX_TASKS_PER_CHILD = 200
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 400_000
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_SEND_TASK_EVENTS = False

# Intervals only, so there is nothing to remember over a restart and no file to write.
CELERY_BEAT_SCHEDULER = "celery.beat:Scheduler"


def tasks_of(*app_names: str) -> tuple[tuple[Queue, ...], str, dict[str, dict[str, Any]]]:
    """Queues, the one for a task that names none, and what is due when, as these apps say it."""
    apps = offers.configs(app_names)
    names = offers.queues_of(apps)
    queues = tuple(Queue(name, routing_key=name) for name in names)
    return (
        queues,
        names[0],
        {task: _due(task, due) for task, due in offers.periodic_of(apps).items()},
    )


def _due(task: str, due: offers.PeriodicTask) -> dict[str, Any]:
    every_s = (
        env.number(due.variable, due.every_s, about=due.about) if due.variable else due.every_s
    )
    # What has waited until the next is due is not needed any more.
    options = {"queue": due.queue, "expires": max(30.0, every_s)}
    return {"task": task, "schedule": every_s, "options": options}
