"""Liveness (this process turns) and readiness (its own connections answer; never another role)."""

import threading
from collections.abc import Callable
from functools import cache
from typing import Final

import structlog
from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.utils.module_loading import import_string

log = structlog.get_logger(__name__)

Check = Callable[[], None]
_draining: Final = threading.Event()


class NotReady(Exception):
    """Why the role cannot serve now, in words for the person who looks."""


def drain() -> None:
    """Answer "not ready" from now on: the process is about to stop."""
    _draining.set()


def livez(request: HttpRequest) -> JsonResponse:  # noqa: ARG001
    """200 as long as the process turns."""
    return JsonResponse({"status": "ok", "role": settings.ROLE, "version": settings.VERSION})


def readyz(request: HttpRequest) -> JsonResponse:  # noqa: ARG001
    """200 when the role can serve; else 503 with the names of the failed checks, no secrets."""
    failed = failures()
    # Draining wins: the checks of a process that ends may well succeed.
    status = "draining" if _draining.is_set() else "failing" if failed else "ok"
    code = 200 if status == "ok" else 503
    return JsonResponse({"status": status, "role": settings.ROLE, "failed": failed}, status=code)


def failures() -> dict[str, str]:
    """The failed checks of the role by name, with the reason."""
    failed: dict[str, str] = {}
    for name, check in _checks().items():
        try:
            check()
        except NotReady as exc:
            failed[name] = str(exc)
            log.warning("not_ready", check=name, reason=str(exc))
    return failed


def database() -> None:
    """The role's own connection answers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as exc:
        raise NotReady("The database gives no answer.") from exc


def migrations() -> None:
    """Every migration of the role's apps is applied. Asked until it once was so."""
    if not _migrated():
        raise NotReady("Migrations are missing; run `manage.py migrate`.")


@cache
def _checks() -> dict[str, Check]:
    return {path.rpartition(".")[2]: import_string(path) for path in settings.READINESS_CHECKS}


_migrated_once: Final = threading.Event()


def _migrated() -> bool:
    # Reading the plan is slow for a probe, and a database does not lose its migrations.
    if _migrated_once.is_set():
        return True
    try:
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as exc:
        raise NotReady("The database gives no answer.") from exc
    if not missing:
        _migrated_once.set()
    return not missing
