"""A worker's gauges say what the report knows, and nothing about what it does not know."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django.utils.module_loading import import_string

from images.apps import ImagesConfig
from images.gauges import GAUGES, worker_gauges
from images.models import WorkerHeartbeat
from images.services import status
from images.services.figures import figures_count
from tests.images.conftest import Broker

pytestmark = pytest.mark.django_db(transaction=True)


def samples(report: dict[str, Any] | None) -> dict[tuple[str, ...], float]:
    """Every sample by its name, without the prefix, and the values of its labels."""
    return {
        (sample.name.removeprefix("platform_"), *sample.labels.values()): sample.value
        for gauge in worker_gauges(report)
        for sample in gauge.samples
    }


def heartbeat(name: str, *, age_s: float) -> None:
    now = timezone.now()
    WorkerHeartbeat.objects.create(
        name=name,
        started_at=now,
        last_seen_at=now - timedelta(seconds=age_s),
        concurrency=1,
        version="test",
    )


def test_before_the_first_report_there_are_names_and_no_samples() -> None:
    assert {gauge.name for gauge in worker_gauges(None)} == {f"platform_{name}" for name in GAUGES}
    assert samples(None) == {}


def test_the_app_offers_the_report_and_its_gauges() -> None:
    report = import_string(ImagesConfig.worker_report)()
    gauges = import_string(ImagesConfig.worker_gauges)(report)
    assert [gauge.name for gauge in gauges] == [f"platform_{name}" for name in GAUGES]


def test_every_gauge_says_what_is_there(picture: dict[str, Any], broker: Broker) -> None:
    heartbeat("alive@test", age_s=1)
    heartbeat("silent@test", age_s=100)
    assert ("stored_bytes",) not in samples(status.status_report())
    figures_count()
    found = samples(status.status_report())
    assert {name for name, *_ in found} == set(GAUGES)
    assert [found["queue_depth", name] for name in ImagesConfig.queues] == [1.0, 0.0, 0.0]
    assert found["queue_oldest_seconds", "bulk"] == 0.0
    assert found["jobs", "queued"] == 1.0
    assert (found["workers", "alive"], found["workers", "silent"]) == (1.0, 1.0)
    assert 100 <= found["worker_heartbeat_age_seconds",] < 160
    assert (found["stored_bytes",], found["stored_images",]) == (picture["bytes"], 1.0)
    assert found["dependency_up", "storage"] == found["dependency_up", "database"] == 1.0


def test_without_the_database_nothing_is_said_of_rows(
    picture: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(status, "_rows", lambda: None)
    found = samples(status.status_report())
    assert found["dependency_up", "database"] == 0.0
    assert {name for name, *_ in found} == {"dependency_up", "queue_depth", "store_seconds"}


def test_without_the_broker_no_depth_is_said(broker: Broker) -> None:
    broker.is_down = True
    found = samples(status.status_report())
    assert found["dependency_up", "broker"] == 0.0
    assert "queue_depth" not in {name for name, *_ in found}
    assert found["queue_oldest_seconds", "interactive"] == 0.0
