"""Role: scheduler. Celery beat; says when, and holds neither data nor key."""

from .base import *
from .parts.broker import *

ROLE = "scheduler"
ROOT_URLCONF = "platform_site.urls.probes"
