"""gateway/api/process.py: upload and rendering in one call."""

import itertools
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from gateway.services import processing
from tests.gateway.documents import HOST, IMAGE_ID, JOB_ID, image, job, upload
from tests.gateway.provider import Answer, Provider, Received

UPLOADS = "/internal/v1/images"
JOB = f"/internal/v1/jobs/{JOB_ID}"
IMAGE = f"{UPLOADS}/{IMAGE_ID}"
LOCATION = f"{HOST}/api/v1/images/{IMAGE_ID}"


@pytest.fixture(autouse=True)
def _accepted(provider: Provider) -> None:
    accepted = upload(image=image(state="processing", renditions=[]))
    provider.on("POST", UPLOADS, Answer(202, accepted, {"Location": LOCATION}))
    provider.on("GET", IMAGE, Answer(200, image()))


def process(client: Client, prefer: str = "") -> Any:
    headers = {"Prefer": prefer} if prefer else {}
    file = SimpleUploadedFile("a.jpg", b"x")
    return client.post("/api/v1/process", {"file": file}, headers=headers)


def test_without_a_wish_to_wait_the_job_is_the_answer(provider: Provider, as_alice: Client) -> None:
    reply = process(as_alice)
    assert (reply.status_code, reply.json()["job"]["state"]) == (202, "queued")
    assert "Preference-Applied" not in reply
    assert provider.asked("GET", JOB) == []


def test_a_job_that_ends_in_time_answers_with_the_renditions(
    provider: Provider, as_alice: Client
) -> None:
    states = itertools.chain(["queued", "running"], itertools.repeat("succeeded"))
    provider.on("GET", JOB, lambda _request: Answer(200, job(state=next(states))))
    reply = process(as_alice, "wait=10")
    assert (reply.status_code, reply["Preference-Applied"]) == (200, "wait=10")
    assert reply.json()["job"]["state"] == "succeeded"
    assert reply.json()["image"]["renditions"][0]["preset"] == "thumb"
    assert len(provider.asked("GET", JOB)) == 3
    assert reply.json() == upload(job=job(state="succeeded"))
    assert (reply["Location"], reply["Content-Type"]) == (LOCATION, "application/json")


def test_a_duplicate_that_is_waited_for_is_still_one(provider: Provider, as_alice: Client) -> None:
    provider.on("POST", UPLOADS, Answer(200, upload(duplicate=True)))
    assert process(as_alice).status_code == 202
    provider.on("GET", JOB, Answer(200, job(state="succeeded")))
    reply = process(as_alice, "wait=10")
    assert (reply.status_code, reply.json()["duplicate"]) == (200, True)


@pytest.mark.parametrize("document", [{}, [], {"image": {"id": "one"}, "job": None}])
def test_an_upload_that_cannot_be_followed_is_a_fault_of_the_other_role(
    provider: Provider, as_alice: Client, document: Any
) -> None:
    provider.on("POST", UPLOADS, Answer(202, document))
    reply = process(as_alice)
    assert (reply.status_code, reply.json()["code"]) == (502, "upstream_failed")


def test_a_job_that_fails_in_time_is_over_too(provider: Provider, as_alice: Client) -> None:
    error = {"code": "image_truncated", "detail": ""}
    provider.on("GET", JOB, Answer(200, job(state="failed", error=error)))
    provider.on("GET", IMAGE, Answer(200, image(state="failed", renditions=[])))
    reply = process(as_alice, "wait=10")
    assert (reply.status_code, reply.json()["job"]["error"]["code"]) == (200, "image_truncated")


def test_a_job_that_takes_longer_is_a_202(provider: Provider, as_alice: Client) -> None:
    provider.on("GET", JOB, Answer(200, job(state="running")))
    reply = process(as_alice, "wait=1")
    assert (reply.status_code, reply.json()["image"]["state"]) == (202, "processing")
    assert reply["Location"] == LOCATION


def test_no_answer_while_waiting_does_not_lose_the_upload(
    provider: Provider, as_alice: Client
) -> None:
    provider.on("GET", JOB, Answer(503, raw=b"", headers={"Content-Type": "text/html"}))
    reply = process(as_alice, "wait=10")
    assert (reply.status_code, reply.json()["job"]["id"]) == (202, str(JOB_ID))


def test_a_duplicate_with_nothing_left_to_do_is_ready(provider: Provider, as_alice: Client) -> None:
    provider.on("POST", UPLOADS, Answer(200, upload(job=None, duplicate=True)))
    assert process(as_alice, "wait=10").status_code == 200
    assert process(as_alice).status_code == 200


def test_a_refused_upload_is_not_waited_for(provider: Provider, as_alice: Client) -> None:
    provider.refuse("POST", UPLOADS, 415, "unsupported_format")
    reply = process(as_alice, "wait=10")
    assert (reply.status_code, reply.json()["code"]) == (415, "unsupported_format")
    assert provider.asked("GET", JOB) == []


def test_only_some_may_wait_at_a_time(provider: Provider, as_alice: Client) -> None:
    taken = [processing._slots.acquire(blocking=False) for _ in range(processing.WAIT_SLOTS)]
    try:
        assert process(as_alice, "wait=10").status_code == 202
    finally:
        for _ in taken:
            processing._slots.release()
    assert provider.asked("GET", JOB) == []


def test_the_poll_acts_for_alice(provider: Provider, as_alice: Client) -> None:
    seen: list[str | None] = []

    def answer(request: Received) -> Answer:
        seen.append(request.header("Authorization"))
        return Answer(200, job(state="succeeded"))

    provider.on("GET", JOB, answer)
    process(as_alice, "wait=5")
    assert seen == [provider.asked("POST", UPLOADS)[0].header("Authorization")]


def test_a_place_to_wait_is_given_back(provider: Provider, as_alice: Client) -> None:
    provider.on("GET", JOB, Answer(200, job(state="succeeded")))
    statuses = [process(as_alice, "wait=5").status_code for _ in range(processing.WAIT_SLOTS)]
    provider.on("GET", JOB, Answer(502, raw=b"", headers={"Content-Type": "text/html"}))
    process(as_alice, "wait=5")
    provider.on("GET", JOB, Answer(200, job(state="succeeded")))
    assert [*statuses, process(as_alice, "wait=5").status_code] == [200] * 9
