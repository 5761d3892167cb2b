"""Tests: the embedded role on PostgreSQL, with throw-away keys and a directory of this run.

The directory is named here and made by the tests that write to it.
"""

# isort: off
import atexit
import os
import shutil
import tempfile

os.environ["VAR_DIR"] = f"{tempfile.gettempdir()}/image-platform-test-{os.getpid()}"
atexit.register(shutil.rmtree, os.environ["VAR_DIR"], ignore_errors=True)
os.environ.setdefault("LOG_LEVEL", "WARNING")

# isort: on
from .embedded import *

START_REFUSAL = ""  # throw-away keys are what tests want

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
    _FILE = f"{VAR_DIR}.sqlite3"
    DATABASES = {"default": {**SQLITE, "NAME": _FILE, "TEST": {"NAME": _FILE}}}
