"""Role: admin. Django's admin over every table, inside the cluster only."""

from .base import *
from .parts.account_keys import *
from .parts.accounts import *
from .parts.backup_watch import *
from .parts.broker import *
from .parts.cache import *
from .parts.database import *
from .parts.delivery import *
from .parts.django_admin import *
from .parts.images import *
from .parts.mail import *
from .parts.object_store import *
from .parts.static_files import *
from .parts.token_verifier import *

ROLE = "admin"
ROOT_URLCONF = "platform_site.urls.admin"
INSTALLED_APPS = [*ADMIN_APPS, *INSTALLED_APPS, *BACKUP_APPS, "accounts", "images"]
CELERY_TASK_QUEUES, CELERY_TASK_DEFAULT_QUEUE, CELERY_BEAT_SCHEDULE = tasks_of(*INSTALLED_APPS)
MIDDLEWARE = [*MIDDLEWARE, *WHITENOISE_MIDDLEWARE, *ADMIN_MIDDLEWARE]
TEMPLATES[0]["OPTIONS"]["context_processors"] = ADMIN_CONTEXT_PROCESSORS
STORAGES = {**STORAGES, **OBJECT_STORES}
# Its pages count and search whole tables.
DATABASES = {"default": database_of(statement_s=20.0, lock_s=5.0, idle_s=60.0, pool=True)}
READINESS_CHECKS = DATABASE_CHECKS
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'self'; "
    "form-action 'self'; object-src 'none'"
)
