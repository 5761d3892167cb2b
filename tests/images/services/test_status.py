from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError
from django.test import Client
from django.utils import timezone

from images import storage
from images.apps import ImagesConfig
from images.models import Job, WorkerHeartbeat
from images.services import status
from images.services.figures import figures_count
from images.services.job_lease import run_claim, run_defer
from tests.images.conftest import Broker
from tests.images.pictures import form, jpeg

pytestmark = pytest.mark.django_db(transaction=True)
V1 = "/internal/v1"


def reported(client: Client) -> dict[str, Any]:
    reply = client.get(f"{V1}/status")
    assert reply.status_code == 200
    body: dict[str, Any] = reply.json()
    return body


def test_the_status_is_what_is_there(
    picture: dict[str, Any], as_alice: Client, as_gateway: Client, settings: Any
) -> None:
    Job.objects.update(queued_at=timezone.now() - timedelta(seconds=100))
    as_alice.post(f"{V1}/images", form(jpeg("red"), ops='{"format": "avif"}'))
    figures_count()
    report = reported(as_gateway)
    assert report["version"] == settings.VERSION
    assert [(q["name"], q["depth"]) for q in report["queues"]] == [
        ("interactive", 1),
        ("bulk", 1),
        ("maintenance", 0),
    ]
    ages = [q["oldest_age_s"] for q in report["queues"]]
    assert 100 <= ages[0] < 200
    assert 0 <= ages[1] < 100
    assert ages[2] is None
    assert report["storage"]["ok"] is True
    assert report["storage"]["latency_ms"] > 0
    assert report["storage"]["images"] == 2
    assert report["storage"]["bytes"] == len(jpeg()) + len(jpeg("red"))
    assert report["database"] == {"ok": True}
    assert report["broker"] == {"ok": True}
    assert report["jobs"] == {"queued": 2, "running": 0, "failed_24h": 0, "succeeded_24h": 0}
    assert report["workers"] == []


def test_a_job_waits_from_when_it_was_begun_again_and_not_while_it_is_put_off(
    picture: dict[str, Any], as_alice: Client, as_gateway: Client
) -> None:
    long_ago = timezone.now() - timedelta(days=3)
    Job.objects.update(created_at=long_ago, queued_at=long_ago, state=Job.State.FAILED)
    as_alice.post(f"{V1}/jobs/{picture['job']['id']}/retry")
    assert reported(as_gateway)["queues"][0]["oldest_age_s"] < 100
    job = Job.objects.get()
    run = run_claim(job_id=job.id, dispatch_id=job.dispatch_id or uuid4())
    assert run is not None
    run_defer(run, step="waiting")
    assert reported(as_gateway)["queues"][0]["oldest_age_s"] is None
    Job.objects.update(queued_at=timezone.now() - timedelta(seconds=7))
    assert reported(as_gateway)["queues"][0]["oldest_age_s"] >= 7


def test_jobs_that_ended_today_are_counted(
    ready_picture: dict[str, Any], as_gateway: Client
) -> None:
    figures_count()
    assert reported(as_gateway)["jobs"]["succeeded_24h"] == 1
    Job.objects.update(finished_at=timezone.now() - timedelta(hours=25))
    figures_count()
    assert reported(as_gateway)["jobs"]["succeeded_24h"] == 0


def test_a_worker_is_alive_while_it_is_heard_of(as_gateway: Client) -> None:
    now = timezone.now()
    for name, age_s in (("fresh", 3), ("silent", 60)):
        WorkerHeartbeat.objects.create(
            name=name,
            started_at=now,
            last_seen_at=now - timedelta(seconds=age_s),
            concurrency=2,
            version="1",
            queues=["bulk"],
        )
    workers = reported(as_gateway)["workers"]
    assert [(w["name"], w["alive"], w["concurrency"]) for w in workers] == [
        ("fresh", True, 2),
        ("silent", False, 2),
    ]


def test_what_is_down_is_said_to_be_down(
    as_gateway: Client, broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise ConnectionError("no route")

    broker.is_down = True
    monkeypatch.setattr(storage, "object_store", broken)
    report = reported(as_gateway)
    assert report["broker"] == {"ok": False}
    assert [q["depth"] for q in report["queues"]] == [None, None, None]
    assert (report["storage"]["ok"], report["storage"]["latency_ms"]) == (False, None)
    assert report["database"] == {"ok": True}


def test_a_dead_database_is_reported_and_not_an_error(
    broker: Broker, monkeypatch: pytest.MonkeyPatch, store: Path
) -> None:
    def broken() -> None:
        raise DatabaseError("no connection")

    monkeypatch.setattr(status, "stored_totals", broken)
    report = status.status_report()
    assert report["database"] == {"ok": False}
    assert report["jobs"]["queued"] is None
    assert [q["name"] for q in report["queues"]] == list(ImagesConfig.queues)
