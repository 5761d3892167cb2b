"""Role: worker. Celery around the pure core; the same data as images, and no port but metrics."""

from .images import *

ROLE = "worker"
DATABASES["default"]["OPTIONS"].pop("pool", None)  # a pool does not survive the fork
