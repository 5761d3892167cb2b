"""Jobs as they are polled, listed, stopped and begun again."""

from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from images.api import jobs as jobs_api
from images.models import Job
from platform_site.kit.auth.revocations import session_revoke
from tests.images.conftest import Broker
from tests.images.people import Person

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


def test_the_question_for_a_job_is_held_until_the_job_is_over(
    as_alice: Client, url: str, broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []

    def wait(*, job_id: UUID, wait_s: float) -> bool:
        assert url.endswith(str(job_id))
        waited.append(wait_s)
        broker.work()
        return True

    monkeypatch.setattr(jobs_api, "job_wait", wait)
    for _ in range(2):  # the second time it is over
        reply = as_alice.get(url, headers={"Prefer": "wait=5"})
        assert (reply.status_code, reply.json()["state"]) == (200, "succeeded")
    assert waited == [5]
    assert reply.get("Preference-Applied") is None


@pytest.mark.parametrize(("outcome", "applied"), [(False, "wait=5"), (None, None)])
def test_whether_it_was_held_is_told(
    as_alice: Client,
    url: str,
    monkeypatch: pytest.MonkeyPatch,
    *,
    outcome: bool | None,
    applied: str | None,
) -> None:
    monkeypatch.setattr(jobs_api, "job_wait", lambda **_: outcome)
    reply = as_alice.get(url, headers={"Prefer": "wait=5"})
    assert (reply.json()["state"], reply.get("Preference-Applied")) == ("queued", applied)


def test_nobody_elses_job_is_waited_for(
    as_bob: Client, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs_api, "job_wait", lambda **_: pytest.fail("it waited"))
    assert as_bob.get(url, headers={"Prefer": "wait=5"}).status_code == 404


def test_who_is_signed_out_meanwhile_is_told_nothing(
    as_alice: Client, alice: Person, url: str, broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wait(**_named: Any) -> bool:
        broker.work()
        session_revoke(session_id=alice.session_id, ttl_s=60)
        return True

    monkeypatch.setattr(jobs_api, "job_wait", wait)
    reply = as_alice.get(url, headers={"Prefer": "wait=5"})
    assert (reply.status_code, reply.json()["code"]) == (401, "token_revoked")
