"""Tests: the embedded role on PostgreSQL, with key material and files in a directory of the run."""

# isort: off
import atexit
import os
import shutil
import tempfile

os.environ["VAR_DIR"] = tempfile.mkdtemp(prefix="image-platform-test-")
atexit.register(shutil.rmtree, os.environ["VAR_DIR"], ignore_errors=True)
os.environ.setdefault("LOG_LEVEL", "WARNING")

# isort: on
from .embedded import *

DATABASES = {
    "default": {
        "ENGINE": "platform_site.postgresql",
        "NAME": "platform",
        "USER": "postgres",
        "HOST": "set by the fixture that starts the server",
        "CONN_MAX_AGE": 0,
        "OPTIONS": {},
    }
}
if os.environ.get("TEST_DATABASE") == "sqlite":
    DATABASES = {
        "default": {
            "ENGINE": "django_prometheus.db.backends.sqlite3",
            "NAME": VAR_DIR / "test.sqlite3",
            "TEST": {"NAME": VAR_DIR / "test.sqlite3"},
            "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20},
        }
    }
