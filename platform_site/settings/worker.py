"""Role: worker. Celery around the pure core; the same data as images, and no port but metrics."""

from .images import *
from .parts.backup_watch import *

ROLE = "worker"
# For what it tells Prometheus of them; others make them.
INSTALLED_APPS = [*INSTALLED_APPS, *BACKUP_APPS]
# A pool does not survive the fork, and nobody waits for a job as for a page.
DATABASES = {"default": database_of(statement_s=30.0, lock_s=10.0, idle_s=60.0, pool=False)}
