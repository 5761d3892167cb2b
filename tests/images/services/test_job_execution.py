"""Runs of jobs: claimed, fenced, renewed, ended once whatever happens on the way."""

from datetime import timedelta
from pathlib import Path
from typing import Any, NoReturn
from uuid import UUID, uuid4

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from images import storage
from images.errors import StorageUnavailable
from images.models import Image, Job, Rendition
from images.renditions import TruncatedImageError
from images.services import render_job
from images.services.job_execution import job_run
from images.services.job_lease import run_claim
from images.services.jobs import jobs_requeue_stuck
from tests.images.conftest import Broker, stored_keys
from tests.images.interruptions import after_files, never_write, write_each
from tests.images.pictures import form, jpeg

pytestmark = pytest.mark.django_db(transaction=True)
IMAGES = "/internal/v1/images"


@pytest.fixture
def job(picture: dict[str, Any]) -> Job:
    return Job.objects.get()


def dispatch(job: Job) -> UUID:
    assert job.dispatch_id is not None
    return job.dispatch_id


def test_a_message_that_comes_twice_does_its_work_once(job: Job, store: Path) -> None:
    job_run(job_id=job.id, dispatch_id=dispatch(job))
    before = (stored_keys(store), list(Rendition.objects.order_by("id").values()))
    job_run(job_id=job.id, dispatch_id=dispatch(job))
    job.refresh_from_db()
    assert (job.state, job.attempt) == (Job.State.SUCCEEDED, 1)
    assert (stored_keys(store), list(Rendition.objects.order_by("id").values())) == before


def test_a_file_that_was_taken_under_a_higher_limit_is_worked_on(
    job: Job, settings: Settings
) -> None:
    assert job.image is not None
    settings.UPLOAD_MAX_BYTES = job.image.bytes - 1
    job_run(job_id=job.id, dispatch_id=dispatch(job))
    job.refresh_from_db()
    assert (job.state, job.error_code) == (Job.State.SUCCEEDED, "")


def test_an_unknown_job_is_nothing_to_do(db: None) -> None:
    job_run(job_id=uuid4(), dispatch_id=uuid4())
    assert not Job.objects.exists()


def test_a_run_that_outlives_its_lease_ends_nothing(
    job: Job, broker: Broker, monkeypatch: pytest.MonkeyPatch, store: Path
) -> None:
    broker.sent.clear()

    def outlived() -> None:
        Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
        assert jobs_requeue_stuck() == 1
        broker.work()

    after_files(monkeypatch, 0, outlived)
    job_run(job_id=job.id, dispatch_id=dispatch(job))

    job.refresh_from_db()
    assert (job.state, job.attempt) == (Job.State.SUCCEEDED, 2)
    assert job.progress_done == 8
    assert len(stored_keys(store)) == 3
    assert Rendition.objects.filter(state=Rendition.State.READY).count() == 8


def test_a_job_that_kills_its_workers_is_given_up(job: Job, settings: Any) -> None:
    for _ in range(settings.JOB_MAX_ATTEMPTS):
        assert run_claim(job_id=job.id, dispatch_id=dispatch(job)) is not None
    job_run(job_id=job.id, dispatch_id=dispatch(job))
    job.refresh_from_db()
    assert (job.state, job.error_code) == (Job.State.FAILED, "worker_crashed")
    assert Image.objects.get().state == Image.State.FAILED
    assert set(Rendition.objects.values_list("state", flat=True)) == {Rendition.State.FAILED}


def put_keys(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The keys that are stored from now on, in no order."""
    put, keys = storage.bytes_put, []

    def noted(key: str, *args: Any, **kwargs: Any) -> None:
        keys.append(key)
        put(key, *args, **kwargs)

    monkeypatch.setattr(storage, "bytes_put", noted)
    return keys


def killed() -> NoReturn:
    raise SystemExit


def test_a_killed_run_goes_on_where_it_last_wrote(
    as_alice: Client, monkeypatch: pytest.MonkeyPatch, store: Path
) -> None:
    assert as_alice.post(IMAGES, form(jpeg(size=(900, 600)))).status_code == 202
    job = Job.objects.get()
    keys = put_keys(monkeypatch)
    write_each(monkeypatch)
    after_files(monkeypatch, 3, killed)
    with pytest.raises(SystemExit):
        job_run(job_id=job.id, dispatch_id=dispatch(job))
    assert Rendition.objects.filter(state=Rendition.State.READY).count() == 3
    assert Job.objects.get().progress_done == 3
    job_run(job_id=job.id, dispatch_id=dispatch(job))
    job.refresh_from_db()
    assert (job.state, job.attempt) == (Job.State.SUCCEEDED, 2)
    assert len(set(keys)) == len(keys) == 8
    assert len(stored_keys(store)) == 9


def test_a_run_that_is_killed_before_it_writes_is_done_again_and_doubles_nothing(
    as_alice: Client, monkeypatch: pytest.MonkeyPatch, store: Path
) -> None:
    assert as_alice.post(IMAGES, form(jpeg(size=(900, 600)))).status_code == 202
    job = Job.objects.get()
    never_write(monkeypatch)
    after_files(monkeypatch, 6, killed)
    with pytest.raises(SystemExit):
        job_run(job_id=job.id, dispatch_id=dispatch(job))
    assert not Rendition.objects.filter(state=Rendition.State.READY).exists()
    assert Job.objects.get().progress_done == 0
    job_run(job_id=job.id, dispatch_id=dispatch(job))
    assert Rendition.objects.filter(state=Rendition.State.READY).count() == 8
    assert sorted(stored_keys(store)) == sorted(
        [f"originals/{job.image_id}", *Rendition.objects.values_list("storage_key", flat=True)]
    )


def test_an_outage_of_the_store_puts_the_job_off_and_spends_no_attempt(
    job: Job, broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    broker.sent.clear()

    def unavailable(*_: Any, **__: Any) -> None:
        raise StorageUnavailable

    with monkeypatch.context() as outage:
        outage.setattr(storage, "bytes_put", unavailable)
        for _ in range(5):
            job_run(job_id=job.id, dispatch_id=uuid4())
            job.refresh_from_db()
            assert (job.state, job.attempt) == (Job.State.QUEUED, 0)
            assert jobs_requeue_stuck() == 0
            Job.objects.update(not_before=timezone.now() - timedelta(seconds=1))
    assert job.deferrals == 5
    assert Image.objects.get().state == Image.State.PROCESSING
    assert jobs_requeue_stuck() == 1
    broker.work()
    job.refresh_from_db()
    assert (job.state, job.attempt) == (Job.State.SUCCEEDED, 1)


def test_a_deferred_job_waits_longer_each_time(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    def unavailable(*_: Any, **__: Any) -> None:
        raise StorageUnavailable

    monkeypatch.setattr(storage, "object_open", unavailable)
    waits = []
    for _ in range(8):
        before = timezone.now()
        job_run(job_id=job.id, dispatch_id=uuid4())
        job.refresh_from_db()
        assert job.not_before is not None
        waits.append(round((job.not_before - before).total_seconds()))
        Job.objects.update(not_before=None)
    assert waits == [5, 10, 20, 40, 80, 160, 300, 300]


def test_a_bad_picture_fails_with_its_code_and_is_not_tried_again(
    job: Job, as_alice: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreadable(*_: Any) -> Any:
        raise TruncatedImageError("The file ends before the picture does.")

    monkeypatch.setattr(render_job, "render_all", unreadable)
    job_run(job_id=job.id, dispatch_id=dispatch(job))
    body = as_alice.get(f"/internal/v1/jobs/{job.id}").json()
    assert (body["state"], body["attempt"]) == ("failed", 1)
    assert body["error"] == {
        "code": "image_truncated",
        "detail": "The file ends before the picture does.",
    }
    image = as_alice.get(f"/internal/v1/images/{job.image_id}").json()
    assert image["state"] == "failed"
    assert {r["state"] for r in image["renditions"]} == {"failed"}
    assert jobs_requeue_stuck() == 0


def test_a_picture_that_takes_too_much_memory_fails_with_a_code_of_its_own(
    job: Job, as_alice: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def greedy(*_: Any) -> Any:
        raise MemoryError

    monkeypatch.setattr(render_job, "render_all", greedy)
    job_run(job_id=job.id, dispatch_id=dispatch(job))
    body = as_alice.get(f"/internal/v1/jobs/{job.id}").json()
    assert (body["state"], body["attempt"]) == ("failed", 1)
    assert body["error"]["code"] == "dimensions_exceeded"


def test_a_missing_original_fails_the_job(
    job: Job, picture: dict[str, Any], store: Path, as_alice: Client
) -> None:
    (store / "originals" / str(picture["id"])).unlink()
    job_run(job_id=job.id, dispatch_id=dispatch(job))
    body = as_alice.get(f"/internal/v1/jobs/{job.id}").json()
    assert body["error"] == {
        "code": "original_missing",
        "detail": "The store has lost the original.",
    }


def timed_out() -> NoReturn:
    raise SoftTimeLimitExceeded


def test_a_job_that_fails_halfway_leaves_what_it_made(
    job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    never_write(monkeypatch)
    after_files(monkeypatch, 2, timed_out)
    job_run(job_id=job.id, dispatch_id=dispatch(job))
    job.refresh_from_db()
    assert (job.state, job.error_code) == (Job.State.FAILED, "time_limit_exceeded")
    assert Image.objects.get().state == Image.State.PARTIALLY_READY
    assert Rendition.objects.filter(state=Rendition.State.READY).count() == 2
    assert Rendition.objects.filter(state=Rendition.State.FAILED).count() == 6


def test_a_canceled_job_stops_at_its_next_write_and_what_it_stored_goes_with_the_image(
    job: Job, as_alice: Client, monkeypatch: pytest.MonkeyPatch, store: Path, broker: Broker
) -> None:
    def canceled() -> None:
        assert as_alice.post(f"/internal/v1/jobs/{job.id}/cancel").status_code == 202

    write_each(monkeypatch)
    after_files(monkeypatch, 1, canceled)
    keys = put_keys(monkeypatch)
    job_run(job_id=job.id, dispatch_id=dispatch(job))
    job.refresh_from_db()
    assert job.state == Job.State.CANCELED
    assert stored_keys(store) == sorted([f"originals/{job.image_id}", *keys])
    assert Image.objects.get().state == Image.State.READY
    assert Rendition.objects.count() == 1
    as_alice.delete(f"/internal/v1/images/{job.image_id}?permanent=true")
    broker.work()
    assert stored_keys(store) == []


def test_a_second_run_over_the_same_store_writes_the_same_thing(
    job: Job, as_alice: Client, store: Path
) -> None:
    job_run(job_id=job.id, dispatch_id=dispatch(job))
    keys = stored_keys(store)
    contents = {key: (store / key).read_bytes() for key in keys}
    Rendition.objects.update(state=Rendition.State.FAILED)
    Job.objects.update(state=Job.State.FAILED)
    assert as_alice.post(f"/internal/v1/jobs/{job.id}/retry").status_code == 202
    job.refresh_from_db()
    job_run(job_id=job.id, dispatch_id=dispatch(job))
    assert stored_keys(store) == keys
    assert {key: (store / key).read_bytes() for key in keys} == contents
    assert (store / f"originals/{job.image_id}").read_bytes() == jpeg()
