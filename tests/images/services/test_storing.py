"""What a run makes is stored beside its work, once for equal bytes; rows follow now and then."""

import threading
import time
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from images import storage
from images.errors import StorageUnavailable
from images.models import Image, Job, Rendition
from images.renditions import RenderedFile, parse_spec
from images.services import storing
from images.services.job_execution import job_run
from images.services.job_lease import Run, RunSuperseded, run_claim
from images.services.storing import Storing
from images.services.sweeping import jobs_sweep
from tests.images.conftest import stored_keys
from tests.images.interruptions import never_write, write_each
from tests.images.pictures import form, jpeg

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def job(as_alice: Client) -> Job:
    """Eight renditions of which no two have the same bytes."""
    assert as_alice.post("/internal/v1/images", form(jpeg(size=(900, 600)))).status_code == 202
    return Job.objects.get()


@pytest.fixture
def run(job: Job) -> Run:
    assert job.dispatch_id is not None
    run = run_claim(job_id=job.id, dispatch_id=job.dispatch_id)
    assert run is not None
    return run


def files(run: Run, content: bytes | None = None) -> list[RenderedFile]:
    """Made up, one for each spec of the job; each of its own bytes if none are given."""
    return [
        RenderedFile(parse_spec(text), 9, 6, "image/x", content or text.encode(), is_complete=True)
        for text in run.job.specs
    ]


def image_of(run: Run) -> Image:
    assert run.job.image is not None
    return run.job.image


def ready() -> int:
    return Rendition.objects.filter(state=Rendition.State.READY).count()


def test_equal_bytes_are_one_object_that_several_rows_name(
    run: Run, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put, calls = storage.bytes_put, []

    def counted(key: str, *arguments: Any, **named: Any) -> None:
        calls.append(key)
        put(key, *arguments, **named)

    monkeypatch.setattr(storage, "bytes_put", counted)
    write_each(monkeypatch)
    with Storing(run, image_of(run), ready=0) as storing_run:
        for file in files(run, b"the same"):
            storing_run.take(file)
    assert len(calls) == 2  # as WebP and as JPEG, for the key ends in what the bytes are
    assert stored_keys(store) == sorted([image_of(run).storage_key, *calls])
    keys = Rendition.objects.filter(state="ready").values_list("storage_key", flat=True)
    assert (len(keys), set(keys)) == (8, set(calls))


def test_progress_is_what_is_stored_and_written_and_only_grows(
    job: Job, run: Run, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_each(monkeypatch)
    seen = []
    with Storing(run, image_of(run), ready=0) as storing_run:
        for file in files(run):
            storing_run.take(file)
            job.refresh_from_db()
            rows = Rendition.objects.filter(state="ready").values_list("storage_key", flat=True)
            assert job.progress_done == len(rows)
            assert all((store / key).exists() for key in rows)
            assert job.progress_step == f"stored {file.spec}"
            seen.append(job.progress_done)
    assert seen == list(range(1, 9))


def test_a_run_writes_at_most_every_200_ms_and_ever_less_often(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]
    monkeypatch.setattr("images.services.storing.monotonic", lambda: now[0])
    storing_run = Storing(run, image_of(run), ready=0)
    writes = []
    for tick in range(80):
        now[0] = tick / 16
        if storing_run._is_due():
            storing_run._written_at = now[0]
            writes.append(now[0])
    assert writes == [0.25, 0.5, 1.0, 2.0, 3.0, 4.0]


def test_what_is_in_flight_and_held_is_bounded(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(*_: Any, **__: Any) -> None:
        time.sleep(0.005)

    monkeypatch.setattr(storage, "bytes_put", slow)
    monkeypatch.setattr(storing, "HELD_BYTES", 100)
    never_write(monkeypatch)
    with Storing(run, image_of(run), ready=0) as storing_run:
        for file in files(run):
            storing_run.take(file)
            assert sum(storing_run._in_flight.values()) <= 100
        monkeypatch.setattr(storing, "HELD_BYTES", 1_000_000)
        for number, file in enumerate(files(run) * 3):
            storing_run.take(
                RenderedFile(file.spec, 9, 6, "image/x", bytes([number]), is_complete=True)
            )
            assert len(storing_run._in_flight) <= storing.IN_FLIGHT
        monkeypatch.setattr(storing, "HELD_BYTES", 2)
        large = RenderedFile(file.spec, 9, 6, "image/x", b"larger", is_complete=True)
        storing_run.take(large)  # alone, but taken
        assert list(storing_run._in_flight.values()) == [6]


def failing_put(monkeypatch: pytest.MonkeyPatch, *, number: int) -> None:
    """The store takes all files but the one of ``number``, the first being 1."""
    put, calls = storage.bytes_put, count(1)

    def failing(*arguments: Any, **named: Any) -> None:
        if next(calls) == number:
            raise StorageUnavailable
        put(*arguments, **named)

    monkeypatch.setattr(storage, "bytes_put", failing)


def test_an_outage_in_a_thread_puts_the_job_off_and_what_is_stored_stays(
    job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    never_write(monkeypatch)
    failing_put(monkeypatch, number=4)
    assert job.dispatch_id is not None
    job_run(job_id=job.id, dispatch_id=job.dispatch_id)
    job.refresh_from_db()
    assert (job.state, job.attempt, job.deferrals) == (Job.State.QUEUED, 0, 1)
    assert 3 <= ready() <= 7
    assert job.progress_done == ready()
    Job.objects.update(not_before=None)
    job_run(job_id=job.id, dispatch_id=uuid4())
    job.refresh_from_db()
    assert (job.state, job.progress_done, ready()) == (Job.State.SUCCEEDED, 8, 8)


def test_no_row_says_that_a_file_is_there_which_was_not_stored(
    run: Run, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing_put(monkeypatch, number=8)
    never_write(monkeypatch)

    def work() -> None:
        with Storing(run, image_of(run), ready=0) as storing_run:
            for file in files(run):
                storing_run.take(file)
            storing_run.rest()

    with pytest.raises(StorageUnavailable):
        work()
    rows = Rendition.objects.filter(state="ready").values_list("storage_key", flat=True)
    assert (len(rows), sorted(rows)) == (7, stored_keys(store)[1:])


def test_a_run_that_fails_after_it_was_canceled_says_that_it_was_superseded(
    run: Run, as_alice: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    never_write(monkeypatch)

    def work() -> None:
        with Storing(run, image_of(run), ready=0) as storing_run:
            storing_run.take(files(run)[0])
            assert as_alice.post(f"/internal/v1/jobs/{run.job.id}/cancel").status_code == 202
            raise StorageUnavailable

    with pytest.raises(RunSuperseded):
        work()
    assert ready() == 0


def test_what_the_store_takes_in_after_the_image_is_gone_is_deleted(
    run: Run, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    never_write(monkeypatch)
    sent = []

    def unheard(key: str, *_: Any, **__: Any) -> None:
        sent.append(key)
        raise StorageUnavailable

    def work() -> None:
        with Storing(run, image_of(run), ready=0) as storing_run:
            storing_run.take(files(run)[0])
            Image.objects.all().delete()
            raise RunSuperseded

    with monkeypatch.context() as lost:
        lost.setattr(storage, "bytes_put", unheard)
        with pytest.raises(RunSuperseded):
            work()
    storage.bytes_put(sent[0], b"late", content_type="image/webp")
    jobs_sweep()
    assert stored_keys(store) == []


def test_no_thread_outlives_its_run(job: Job) -> None:
    assert job.dispatch_id is not None
    job_run(job_id=job.id, dispatch_id=job.dispatch_id)
    for thread in threading.enumerate():
        if thread.name.startswith("store"):
            thread.join(10)
            assert not thread.is_alive()
