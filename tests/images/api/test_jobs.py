"""Jobs as they are polled, listed, stopped and begun again."""

from typing import Any

import pytest
from django.test import Client

from images.models import Job
from tests.images.conftest import Broker

JOBS = "/internal/v1/jobs"


@pytest.fixture
def url(picture: dict[str, Any]) -> str:
    return f"{JOBS}/{picture['job']['id']}"


def test_a_job_is_polled_until_it_has_changed(as_alice: Client, url: str, broker: Broker) -> None:
    for polled in (url, JOBS):
        first = as_alice.get(polled)
        assert first.headers["ETag"].startswith('W/"')
        assert first.headers["Cache-Control"] == "private, no-cache"
        held = {"If-None-Match": first.headers["ETag"]}
        again = as_alice.get(polled, headers=held)
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["ETag"] == first.headers["ETag"]
    held = {"If-None-Match": as_alice.get(url).headers["ETag"]}
    broker.work()
    changed = as_alice.get(url, headers=held)
    assert (changed.status_code, changed.json()["state"]) == (200, "succeeded")


def test_one_state_is_asked_for_or_several(as_alice: Client, url: str) -> None:
    def listed(**query: str) -> int:
        return len(as_alice.get(JOBS, query).json()["results"])

    assert (listed(), listed(state="queued"), listed(state="running")) == (1, 1, 0)
    assert (listed(state="running,queued"), listed(state="running,failed")) == (1, 0)


@pytest.mark.parametrize("state", ["", "asleep", "queued,", "queued,asleep", ","])
def test_a_state_that_is_none_is_refused(as_alice: Client, url: str, state: str) -> None:
    reply = as_alice.get(JOBS, {"state": state})
    (error,) = reply.json()["errors"]
    assert (reply.status_code, error["pointer"], error["code"]) == (400, "/state", "invalid_choice")


def test_a_job_is_canceled_once_and_can_be_begun_again(as_alice: Client, url: str) -> None:
    canceled = as_alice.post(f"{url}/cancel")
    assert (canceled.status_code, canceled.json()["state"]) == (202, "canceled")
    again = as_alice.post(f"{url}/cancel")
    assert (again.status_code, again.json()["code"]) == (409, "job_not_cancelable")
    retried = as_alice.post(f"{url}/retry")
    assert (retried.status_code, retried.json()["state"]) == (202, "queued")
    assert Job.objects.get().state == Job.State.QUEUED
