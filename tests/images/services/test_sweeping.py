from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from images import storage
from images.models import Job, Reservation, Usage, WorkerHeartbeat
from images.services.quota import quota_reserve
from images.services.sweeping import jobs_sweep
from platform_site.kit.identifiers import uuid7
from tests.images.conftest import Broker
from tests.images.people import Person

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_sweep_forgets_silent_workers_and_old_jobs(ready_picture: dict[str, Any]) -> None:
    now = timezone.now()
    for name, minutes in (("here", 9), ("gone", 11)):
        WorkerHeartbeat.objects.create(
            name=name,
            started_at=now,
            last_seen_at=now - timedelta(minutes=minutes),
            concurrency=1,
            version="1",
        )
    report = jobs_sweep()
    assert (report.jobs, report.reservations, report.heartbeats, report.old_jobs) == (0, 0, 1, 0)
    assert [beat.name for beat in WorkerHeartbeat.objects.all()] == ["here"]
    Job.objects.update(finished_at=now - timedelta(days=91))
    assert jobs_sweep().old_jobs == 1
    assert not Job.objects.exists()


def test_a_sweep_sends_what_was_lost_and_releases_what_was_left(
    picture: dict[str, Any], alice: Person, broker: Broker
) -> None:
    broker.sent.clear()
    Job.objects.update(dispatched_at=None)
    quota_reserve(owner_id=alice.id, image_id=uuid7(), size=10)
    Reservation.objects.update(created_at=timezone.now() - timedelta(hours=2))
    report = jobs_sweep()
    assert (report.jobs, report.reservations) == (1, 1)
    assert len(broker.sent) == 1
    assert Usage.objects.get().reserved_bytes == 0


def test_a_store_that_is_down_leaves_reservations_for_the_next_sweep(
    alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    quota_reserve(owner_id=alice.id, image_id=uuid7(), size=10)
    Reservation.objects.update(created_at=timezone.now() - timedelta(hours=2))

    def broken() -> None:
        raise ConnectionError("no route")

    monkeypatch.setattr(storage, "object_store", broken)
    assert jobs_sweep().reservations == 0
    assert Reservation.objects.count() == 1
