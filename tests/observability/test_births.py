"""Counters that alerts look at begin at 0 with the process: `increase` needs a start."""

from typing import Final

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.platform_site.roles import Manifests, python

PROGRAM: Final = """
import sys
from importlib import import_module
import django
from django.conf import settings
django.setup()
import_module(getattr(settings, "ROOT_URLCONF", "platform_site.celery"))
from platform_site.celery import app
app.loader.import_default_modules()
from prometheus_client import generate_latest
from platform_site.kit.telemetry.metrics import registry
sys.stdout.write(generate_latest(registry()).decode())
"""
OPERATIONS: Final = ("put", "delete", "open", "read", "check")
BORN: Final = {
    "auth": {
        ("bounded_refused_total", "hashes"),
        ("accounts_logins_spread_total", ""),
        *(("accounts_logins_total", name) for name in ("succeeded", "refused", "locked")),
        *(
            ("accounts_refreshes_total", name)
            for name in ("rotated", "repeated", "reused", "refused")
        ),
    },
    "gateway": {
        ("gateway_service_token_fetches_total", name) for name in ("fetched", "kept", "failed")
    },
    "images": {
        ("bounded_refused_total", "deliveries"),
        *(("images_storage_errors_total", name) for name in OPERATIONS),
    },
    "worker": {
        *(("images_storage_errors_total", name) for name in OPERATIONS),
        *(
            ("images_jobs_total", f"{kind} {outcome}")
            for kind in ("render", "delete")
            for outcome in ("succeeded", "failed")
        ),
    },
}


@pytest.mark.parametrize("role", BORN)
def test_what_an_alert_counts_begins_at_zero(role: str) -> None:
    done = python("-c", PROGRAM, environment=Manifests().environment(role))
    assert done.returncode == 0, done.stderr
    values = {
        (sample.name, " ".join(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(done.stdout)
        for sample in family.samples
    }
    assert {found: values.get(found) for found in BORN[role]} == dict.fromkeys(BORN[role], 0.0)
