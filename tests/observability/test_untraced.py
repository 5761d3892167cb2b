"""Without an address for traces nothing of OpenTelemetry is loaded; with one, it must be there."""

import os
import subprocess
import sys

import pytest

from tests.servers.processes import KEPT, ROOT

PROGRAM = """
import sys
import django
django.setup()
from platform_site.kit.telemetry import request_context, tracing
tracing.start_web()
tracing.start_worker()
print(sorted(name for name in sys.modules if name.startswith("opentelemetry.sdk")))
print(sorted(name for name in sys.modules if name.startswith("opentelemetry.instrumentation")))
print(repr(request_context.recorded_trace_id()))
"""


def ran(program: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    return subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={
            **kept,
            "PYTHONPATH": str(ROOT),
            "DJANGO_SETTINGS_MODULE": "platform_site.settings.scheduler",
            "DJANGO_SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJ",
            "BROKER_URL": "redis://127.0.0.1:1/0",
            **environment,
        },
        capture_output=True,
        text=True,
        check=False,
    )


def test_nothing_is_loaded_unless_it_is_asked_for() -> None:
    done = ran(PROGRAM)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["[]", "[]", "''"]


@pytest.mark.parametrize("missing", ["opentelemetry.sdk", "opentelemetry.instrumentation.redis"])
def test_a_missing_package_is_said_in_a_sentence(missing: str) -> None:
    program = f"import sys; sys.modules[{missing!r}] = None\n{PROGRAM}"
    done = ran(program, OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:1")
    assert done.returncode == 1
    assert "install the extra `tracing`" in done.stderr
