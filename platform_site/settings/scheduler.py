"""Role: scheduler. Celery beat; says when, and holds neither data nor key."""

from .base import *
from .parts.broker import *

ROLE = "scheduler"
ROOT_URLCONF = "platform_site.urls.probes"
# Asked what is due and when, and not loaded: the role has neither its tables nor its tasks.
CELERY_TASK_QUEUES, CELERY_TASK_DEFAULT_QUEUE, CELERY_BEAT_SCHEDULE = tasks_of("images")
