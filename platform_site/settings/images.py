"""Role: images. Originals, renditions and jobs; serves bytes by signed URLs."""

from .base import *
from .parts.broker import *
from .parts.cache import *
from .parts.cors import *
from .parts.database import *
from .parts.delivery import *
from .parts.images import *
from .parts.object_store import *
from .parts.token_verifier import *
from .parts.uploads import *

ROLE = "images"
ROOT_URLCONF = "platform_site.urls.images"
INSTALLED_APPS = [*INSTALLED_APPS, "images"]
CELERY_TASK_QUEUES, CELERY_TASK_DEFAULT_QUEUE, CELERY_BEAT_SCHEDULE = tasks_of(*INSTALLED_APPS)
STORAGES = {**STORAGES, **OBJECT_STORES}
READINESS_CHECKS = DATABASE_CHECKS
