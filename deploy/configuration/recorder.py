"""Loads one role without any value of its own and says what it asked the environment for.

Run as a process of its own, because settings read when they are imported. A variable that is
required and missing is taken for the example that its reader gives.
"""

import json
import os
import sys
from dataclasses import asdict
from importlib import import_module
from typing import Final
from unittest.mock import patch

from django.core.exceptions import ImproperlyConfigured

from platform_site.kit import env

WEB: Final = ("auth", "gateway", "images", "admin", "embedded")
ROLES: Final = (*WEB, "worker", "scheduler", "migrate", "backup", "rollout", "bucket")
_real_read = env._read  # noqa: SLF001 - the one place through which every reader goes


def record(role: str) -> None:
    """Read everything that ``role`` reads at its start; `env.READ` then holds it."""
    settings = "base" if role == "bucket" else role
    os.environ["DJANGO_SETTINGS_MODULE"] = f"platform_site.settings.{settings}"
    with patch.object(env, "_read", _read_or_example):
        import_module(os.environ["DJANGO_SETTINGS_MODULE"])
        if role in WEB:
            import_module("platform_site.gunicorn")
        if role in WEB or role == "worker":
            tracing = import_module("platform_site.kit.telemetry.tracing")
            tracing.collector()
            tracing.service_name()
        if role == "bucket":
            import_module("platform_site.management.commands.create_bucket").clients()
            import_module("platform_site.variables").bucket()


def _read_or_example(variable: env.Variable) -> str:
    try:
        return _real_read(variable)
    except ImproperlyConfigured:
        return variable.example


if __name__ == "__main__":
    record(sys.argv[1])
    json.dump([asdict(variable) for variable in env.READ.values()], sys.stdout)
