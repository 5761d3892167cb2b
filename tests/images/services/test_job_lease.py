"""A run holds its job by dispatch id and attempt; one that was superseded cannot write."""

import threading
import time
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from images.job_errors import IMAGE_GONE
from images.models import Image, Job, Rendition
from images.services.job_execution import job_run
from images.services.job_lease import (
    RunSuperseded,
    lease_kept,
    run_claim,
    run_defer,
    run_fail,
    run_succeed,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def job(picture: dict[str, Any]) -> Job:
    return Job.objects.get()


def dispatch(job: Job) -> UUID:
    assert job.dispatch_id is not None
    return job.dispatch_id


def test_a_running_job_is_not_given_to_another_dispatch(job: Job) -> None:
    assert run_claim(job_id=job.id, dispatch_id=dispatch(job)) is not None
    assert run_claim(job_id=job.id, dispatch_id=uuid4()) is None
    job.refresh_from_db()
    assert job.attempt == 1


def test_a_redelivered_message_takes_over_and_the_earlier_run_cannot_write(job: Job) -> None:
    first = run_claim(job_id=job.id, dispatch_id=dispatch(job))
    second = run_claim(job_id=job.id, dispatch_id=dispatch(job))
    assert first is not None
    assert second is not None
    assert (first.attempt, second.attempt) == (1, 2)
    with pytest.raises(RunSuperseded):
        run_succeed(first, result={"of": "first"})
    job.refresh_from_db()
    assert (job.state, job.result) == (Job.State.RUNNING, None)
    run_succeed(second, result={"of": "second"})
    job.refresh_from_db()
    assert (job.state, job.result) == (Job.State.SUCCEEDED, {"of": "second"})


def test_a_run_from_before_a_retry_cannot_write_though_the_attempts_are_equal(
    job: Job, as_alice: Client
) -> None:
    before = run_claim(job_id=job.id, dispatch_id=dispatch(job))
    assert before is not None
    assert as_alice.post(f"/internal/v1/jobs/{job.id}/cancel").status_code == 202
    assert as_alice.post(f"/internal/v1/jobs/{job.id}/retry").status_code == 202
    job.refresh_from_db()
    after = run_claim(job_id=job.id, dispatch_id=dispatch(job))
    assert after is not None
    assert before.attempt == after.attempt == 1
    with pytest.raises(RunSuperseded):
        run_succeed(before, result={})
    run_succeed(after, result={})


def test_the_lease_is_renewed_while_a_job_runs(job: Job, settings: Any) -> None:
    settings.JOB_LEASE_S = 0.2
    run = run_claim(job_id=job.id, dispatch_id=dispatch(job))
    assert run is not None
    first = Job.objects.get().lease_until
    with lease_kept(run):
        deadline = time.monotonic() + 10
        while Job.objects.get().lease_until == first:
            assert time.monotonic() < deadline
            time.sleep(0.02)
    assert not [thread for thread in threading.enumerate() if thread.name == "lease"]


def test_a_short_job_renews_nothing(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = []
    monkeypatch.setattr(
        "images.services.job_lease.connection.close", lambda: opened.append(connection)
    )
    job_run(job_id=job.id, dispatch_id=dispatch(job))
    assert opened == []


def test_a_job_that_was_put_off_is_claimed_when_its_time_has_come(job: Job) -> None:
    run = run_claim(job_id=job.id, dispatch_id=dispatch(job))
    assert run is not None
    run_defer(run, step="waiting")
    assert run_claim(job_id=job.id, dispatch_id=uuid4()) is None
    Job.objects.update(not_before=timezone.now() - timedelta(seconds=1))
    again = run_claim(job_id=job.id, dispatch_id=uuid4())
    assert again is not None
    assert (again.attempt, again.job.deferrals) == (1, 1)


def test_an_interruption_by_the_database_spends_no_attempt_once(job: Job) -> None:
    message = dispatch(job)
    attempts = []
    for interruption in (None, 0, 0):
        run = run_claim(job_id=job.id, dispatch_id=message, interruption=interruption)
        assert run is not None
        attempts.append(run.attempt)
    assert attempts == [1, 1, 2]


def test_an_error_of_its_own_says_what_the_row_says(job: Job) -> None:
    run = run_claim(job_id=job.id, dispatch_id=dispatch(job))
    assert run is not None
    run_fail(run, IMAGE_GONE)
    job.refresh_from_db()
    assert (job.state, job.error_code) == (Job.State.FAILED, "image_gone")
    assert job.error_detail == IMAGE_GONE.detail
    assert set(Rendition.objects.values_list("state", flat=True)) == {Rendition.State.FAILED}
    assert Image.objects.get().state == Image.State.FAILED
    with pytest.raises(RunSuperseded):
        run_succeed(run, result={})
