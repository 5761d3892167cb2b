"""The gateway's role: what it loads, and what it does without."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.processes
ROOT = Path(__file__).resolve().parents[2]
PROBE = """
import sys, django
from django.core.management import call_command
from django.urls import get_resolver
django.setup()
call_command("check", verbosity=0)
assert get_resolver().url_patterns
loaded = {name.partition(".")[0] for name in sys.modules}
print(sorted(loaded & {"accounts", "images", "gateway", "boto3", "celery"}))
print("django.contrib.auth.models" in sys.modules)
"""


def test_the_role_needs_no_users_no_database_no_bucket_and_no_other_app() -> None:
    secret = "-".join(str(number) for number in range(100, 120))
    environment = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "platform_site.settings.gateway",
        "DJANGO_SECRET_KEY": secret,
        "SERVICE_CLIENT_SECRET": secret,
        "CACHE_URL": "redis://127.0.0.1:1/0",
        "AUTH_URL": "http://127.0.0.1:1",
        "JWKS_URL": "http://127.0.0.1:1/.well-known/jwks.json",
        "IMAGES_URL": "http://127.0.0.1:1",
    }
    probe = subprocess.run(
        [sys.executable, "-c", PROBE],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert probe.returncode == 0, probe.stderr
    assert probe.stdout.splitlines()[-2:] == ["['gateway']", "False"]
