import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import InterfaceError, OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from pytest_django import Settings

from platform_site.kit import health
from tests.platform_site.migrations import newest


@pytest.fixture(autouse=True)
def new_process(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A process that has looked at nothing yet."""
    monkeypatch.setattr(health, "_draining", threading.Event())
    monkeypatch.setattr(health, "_migrated_once", threading.Event())
    health._checks.cache_clear()
    yield
    health._checks.cache_clear()


def lose_the_database(monkeypatch: pytest.MonkeyPatch, error: type[Exception]) -> None:
    def cursor(*_arguments: Any, **_options: Any) -> None:
        raise error("connection to 10.0.0.9 as owner failed: password hunter2")

    monkeypatch.setattr(connection, "cursor", cursor)


def ready(client: Client) -> tuple[int, Any]:
    reply = client.get("/readyz")
    return reply.status_code, reply.json()


@pytest.mark.django_db
def test_a_role_that_can_serve_is_ready(client: Client) -> None:
    assert ready(client) == (200, {"status": "ok", "role": "embedded", "failed": {}})


@pytest.mark.django_db
@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_a_lost_database_is_named_without_its_address(
    client: Client, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    with monkeypatch.context() as outage:
        lose_the_database(outage, error)
        found = ready(client)
    reason = "The database gives no answer."
    assert found == (
        503,
        {
            "status": "failing",
            "role": "embedded",
            "failed": {"database": reason, "migrations": reason},
        },
    )
    assert ready(client)[0] == 200


@pytest.mark.django_db
def test_a_missing_migration_is_told_until_it_is_applied(client: Client) -> None:
    recorder = MigrationRecorder(connection)
    recorder.record_unapplied(*newest("images"))
    assert ready(client) == (
        503,
        {
            "status": "failing",
            "role": "embedded",
            "failed": {"migrations": "Migrations are missing; run `manage.py migrate`."},
        },
    )
    recorder.record_applied(*newest("images"))
    assert ready(client)[0] == 200
    assert health._migrated_once.is_set()


def test_a_process_that_ends_is_not_ready_and_still_lives(
    client: Client, settings: Settings
) -> None:
    settings.READINESS_CHECKS = []
    assert ready(client)[0] == 200
    health.drain()
    assert ready(client) == (503, {"status": "draining", "role": "embedded", "failed": {}})
    assert client.get("/livez").status_code == 200


def test_liveness_asks_nobody(
    client: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    lose_the_database(monkeypatch, OperationalError)
    reply = client.get("/livez")
    assert (reply.status_code, reply.json()) == (
        200,
        {"status": "ok", "role": "embedded", "version": settings.VERSION},
    )
