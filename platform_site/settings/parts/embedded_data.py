"""Data without servers: SQLite in WAL mode; files for objects, queue and cache, in ``var/``.

Their directories are made by ``manage.py up`` (`platform_site.embedded.up`).
"""

from typing import Any

from .embedded_secrets import IS_PREPARED, VAR_DIR

SQLITE: dict[str, Any] = {
    "ENGINE": "platform_site.sqlite",
    "NAME": VAR_DIR / "platform.sqlite3",
    "OPTIONS": {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    },
}
# SQLite makes a file for whoever asks. Before `make up` there is no database, so none appears.
DATABASES: dict[str, dict[str, Any]] = {"default": SQLITE} if IS_PREPARED else {}
DATABASE_CHECKS = [
    "platform_site.kit.health.database",
    "platform_site.kit.health.migrations",
]
OBJECT_STORES = {
    "objects": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": VAR_DIR / "objects",
            "allow_overwrite": True,
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    }
}
CACHES = {
    "default": {
        "BACKEND": "platform_site.json_cache.MemoryCache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
    "revocations": {
        "BACKEND": "platform_site.json_cache.FileCache",
        "LOCATION": VAR_DIR / "cache",
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    },
}
CELERY_BROKER_TRANSPORT = "platform_site.embedded.file_broker:Transport"
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "data_folder_in": str(VAR_DIR / "broker/queue"),
    "data_folder_out": str(VAR_DIR / "broker/queue"),
    "control_folder": str(VAR_DIR / "broker/control"),
    "polling_interval": 0.05,
}
