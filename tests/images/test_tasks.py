"""Tasks by calling them: what they hand to the services, and what they do without a database."""

from typing import Any, NoReturn
from uuid import uuid4

import pytest
from celery.exceptions import Retry
from django.db import OperationalError, ProgrammingError

from images import tasks
from images.models import Job
from images.services.job_lease import RunInterrupted
from tests.images.conftest import Broker

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_message_names_its_job_and_its_dispatch(picture: dict[str, Any]) -> None:
    job = Job.objects.get()
    tasks.render(str(job.id), str(uuid4()))
    job.refresh_from_db()
    assert job.state == Job.State.SUCCEEDED


def test_after_a_lost_database_the_same_message_comes_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def interrupted(**_: Any) -> NoReturn:
        raise RunInterrupted(3)

    retried: list[dict[str, Any]] = []

    def retry(**options: Any) -> Retry:
        retried.append(options)
        return Retry()

    monkeypatch.setattr(tasks, "job_run", interrupted)
    monkeypatch.setattr(tasks, "OUTAGE_PAUSE_S", 0.0)
    monkeypatch.setattr(tasks.render, "retry", retry)
    with pytest.raises(Retry):
        tasks.render(str(uuid4()), str(uuid4()))
    (options,) = retried
    assert options["kwargs"] == {"interruption": 3}
    assert options["max_retries"] == tasks.OUTAGE_TRIES


def test_what_is_due_again_soon_is_put_off_without_a_database_and_a_mistake_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def lost() -> NoReturn:
        raise OperationalError("server closed the connection unexpectedly")

    def mistaken() -> NoReturn:
        raise ProgrammingError("no such column") from Exception()

    monkeypatch.setattr(tasks, "jobs_sweep", lost)
    tasks.sweep()
    monkeypatch.setattr(tasks, "trash_purge", mistaken)
    with pytest.raises(ProgrammingError):
        tasks.purge_trash()


def test_a_sweep_sends_what_was_lost(picture: dict[str, Any], broker: Broker) -> None:
    broker.sent.clear()
    Job.objects.update(dispatched_at=None)
    tasks.sweep()
    assert len(broker.sent) == 1
