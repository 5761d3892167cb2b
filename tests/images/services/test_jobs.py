"""Jobs outside of workers: sent, lost, found again, canceled and retried."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from images.models import Image, Job, Rendition
from images.services.jobs import job_dispatch, jobs_requeue_stuck
from tests.images.conftest import Broker
from tests.images.pictures import form, jpeg

pytestmark = pytest.mark.django_db(transaction=True)
V1 = "/internal/v1"
AN_HOUR = timedelta(hours=1)


def long_ago() -> Any:
    return timezone.now() - AN_HOUR


def test_an_upload_is_taken_while_the_broker_is_down_and_worked_on_afterwards(
    as_alice: Client, broker: Broker
) -> None:
    broker.is_down = True
    reply = as_alice.post(f"{V1}/images", form(jpeg()))
    assert reply.status_code == 202
    assert Job.objects.get().dispatched_at is None
    assert jobs_requeue_stuck() == 1
    assert broker.sent == []

    broker.is_down = False
    assert jobs_requeue_stuck() == 1
    broker.work()
    image = as_alice.get(f"{V1}/images/{reply.json()['image']['id']}").json()
    assert image["state"] == "ready"


def test_a_message_that_the_broker_lost_is_sent_again(
    picture: dict[str, Any], broker: Broker
) -> None:
    first = broker.sent.pop()
    assert jobs_requeue_stuck() == 0
    Job.objects.update(dispatched_at=long_ago())
    assert jobs_requeue_stuck() == 1
    (second,) = broker.sent
    assert second[1] == first[1]
    assert second[2] != first[2]


def test_a_long_but_healthy_queue_is_left_alone(picture: dict[str, Any], broker: Broker) -> None:
    Job.objects.update(dispatched_at=long_ago())
    assert len(broker.sent) == 1
    assert jobs_requeue_stuck() == 0
    assert len(broker.sent) == 1


def test_an_expired_lease_is_sent_again_and_a_live_one_is_not(
    picture: dict[str, Any], broker: Broker
) -> None:
    broker.sent.clear()
    Job.objects.update(state=Job.State.RUNNING, lease_until=timezone.now() + AN_HOUR)
    assert jobs_requeue_stuck() == 0
    Job.objects.update(lease_until=long_ago())
    assert jobs_requeue_stuck() == 1
    job = Job.objects.get()
    assert (job.state, job.lease_until) == (Job.State.QUEUED, None)
    assert broker.sent[0][2] == job.dispatch_id


def test_of_two_senders_one_sends(picture: dict[str, Any], broker: Broker) -> None:
    broker.sent.clear()
    mine, theirs = Job.objects.get(), Job.objects.get()
    assert job_dispatch(job=mine) is True
    assert job_dispatch(job=theirs) is False
    assert len(broker.sent) == 1


def test_a_lease_renewed_meanwhile_is_respected(picture: dict[str, Any], broker: Broker) -> None:
    broker.sent.clear()
    Job.objects.update(state=Job.State.RUNNING, lease_until=long_ago())
    seen = Job.objects.get()
    Job.objects.update(lease_until=timezone.now() + AN_HOUR)
    assert job_dispatch(job=seen) is False
    assert Job.objects.get().state == Job.State.RUNNING


def test_an_ended_job_is_never_sent(ready_picture: dict[str, Any], broker: Broker) -> None:
    Job.objects.update(dispatched_at=None, lease_until=long_ago())
    assert jobs_requeue_stuck() == 0
    assert broker.sent == []


def test_a_waiting_job_is_canceled_and_its_message_does_nothing(
    picture: dict[str, Any], as_alice: Client, broker: Broker
) -> None:
    reply = as_alice.post(f"{V1}/jobs/{picture['job']['id']}/cancel")
    assert (reply.status_code, reply.json()["state"]) == (202, "canceled")
    broker.work()
    assert Job.objects.get().attempt == 0
    assert Image.objects.get().state == Image.State.UPLOADED
    assert not Rendition.objects.exists()
    again = as_alice.post(f"{V1}/jobs/{picture['job']['id']}/cancel")
    assert (again.status_code, again.json()["code"]) == (409, "job_not_cancelable")


def test_a_canceled_job_is_retried(
    picture: dict[str, Any], as_alice: Client, broker: Broker
) -> None:
    url = f"{V1}/jobs/{picture['job']['id']}"
    as_alice.post(f"{url}/cancel")
    broker.sent.clear()
    reply = as_alice.post(f"{url}/retry")
    assert (reply.status_code, reply.json()["state"]) == (202, "queued")
    assert Image.objects.get().state == Image.State.PROCESSING
    broker.work()
    assert as_alice.get(url).json()["state"] == "succeeded"
    assert Image.objects.get().state == Image.State.READY


@pytest.mark.parametrize("action", ["cancel", "retry"])
def test_a_job_that_succeeded_is_neither_canceled_nor_retried(
    ready_picture: dict[str, Any], as_alice: Client, broker: Broker, action: str
) -> None:
    before = Job.objects.values().get()
    reply = as_alice.post(f"{V1}/jobs/{ready_picture['job']['id']}/{action}")
    assert reply.status_code == 409
    assert reply.json()["code"] == f"job_not_{action.removesuffix('y')}" + (
        "able" if action == "cancel" else "yable"
    )
    assert Job.objects.values().get() == before
    assert broker.sent == []


def test_a_job_whose_image_is_in_the_trash_is_not_retried(
    picture: dict[str, Any], as_alice: Client
) -> None:
    url = f"{V1}/jobs/{picture['job']['id']}"
    as_alice.post(f"{url}/cancel")
    as_alice.delete(f"{V1}/images/{picture['id']}")
    reply = as_alice.post(f"{url}/retry")
    assert (reply.status_code, reply.json()["code"]) == (409, "job_not_retryable")
    assert Job.objects.get().state == Job.State.CANCELED


def test_jobs_are_listed_by_image_and_state(picture: dict[str, Any], as_alice: Client) -> None:
    def found(**query: str) -> int:
        return len(as_alice.get(f"{V1}/jobs", query).json()["results"])

    assert found() == 1
    assert found(image=picture["id"], state="queued,running") == 1
    assert found(image=str(uuid4())) == 0
    assert found(state="failed") == 0
    assert as_alice.get(f"{V1}/jobs", {"state": "lost"}).status_code == 400
    assert as_alice.get(f"{V1}/jobs", {"image": "x"}).status_code == 400
