import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import DatabaseError
from django.utils import timezone

from images import heartbeat
from images.heartbeat import WorkerIdentity, heart_start, heart_stop, heartbeat_record
from images.models import WorkerHeartbeat

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def file(settings: Any, tmp_path: Path) -> Path:
    path = tmp_path / "heartbeat"
    settings.WORKER_HEARTBEAT_FILE = str(path)
    return path


def consumer() -> Any:
    """As much of a Celery consumer as the signal's receivers look at."""
    return SimpleNamespace(
        hostname="worker@one",
        controller=SimpleNamespace(concurrency=2),
        app=SimpleNamespace(
            amqp=SimpleNamespace(queues=SimpleNamespace(consume_from={"b": 1, "a": 1}))
        ),
    )


def test_a_ready_worker_has_been_seen_and_beats_on(
    file: Path, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    monkeypatch.setattr(heartbeat, "BEAT_S", 0.02)
    heart_start(sender=consumer())
    try:
        assert file.exists()
        first = WorkerHeartbeat.objects.get()
        assert (first.name, first.concurrency, first.queues) == ("worker@one", 2, ["a", "b"])
        assert first.version == settings.VERSION
        deadline = time.monotonic() + 10
        while WorkerHeartbeat.objects.get().last_seen_at == first.last_seen_at:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        assert WorkerHeartbeat.objects.get().started_at == first.started_at
    finally:
        heart_stop()
    assert not file.exists()
    assert not WorkerHeartbeat.objects.exists()


def test_a_database_that_is_down_stops_the_row_and_not_the_file(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(**_: Any) -> None:
        raise DatabaseError("no connection")

    monkeypatch.setattr(WorkerHeartbeat.objects, "update_or_create", failing)
    heartbeat_record(WorkerIdentity("w", timezone.now(), 1, []))
    assert file.exists()
    assert not WorkerHeartbeat.objects.exists()
