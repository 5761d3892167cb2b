"""gateway/services/processing.py: how long a job is waited for, and by how many at a time."""

import json
from uuid import UUID

import pytest

from gateway.clients.types import FollowedImage, FollowedJob, FollowedUpload
from gateway.permissions import Caller
from gateway.services import processing
from gateway.services.processing import FIRST_POLL_S, SLOWEST_POLL_S, upload_wait
from tests.gateway.documents import IMAGE_ID, JOB_ID, image, job
from tests.gateway.provider import Answer, Provider

JOB = f"/internal/v1/jobs/{JOB_ID}"
IMAGE = f"/internal/v1/images/{IMAGE_ID}"
UPLOAD = FollowedUpload(FollowedImage(IMAGE_ID), FollowedJob(JOB_ID, "queued"), duplicate=True)


def test_pauses_grow_to_a_second_and_the_parts_are_joined_as_they_came(
    provider: Provider, caller: Caller
) -> None:
    pauses: list[float] = []

    def sleep(seconds: float) -> None:
        pauses.append(seconds)
        state = "running" if len(pauses) < 9 else "succeeded"
        provider.on("GET", JOB, Answer(200, job(state=state)))

    provider.on("GET", IMAGE, Answer(200, raw=json.dumps(image(), indent=1).encode()))
    body = upload_wait(caller=caller, upload=UPLOAD, wait_s=600, sleep=sleep)
    assert pauses[0] == FIRST_POLL_S
    assert pauses == sorted(pauses)
    assert pauses[-1] == SLOWEST_POLL_S
    assert body is not None
    assert json.dumps(image(), indent=1).encode() in body
    expected = {"image": image(), "job": job(state="succeeded"), "duplicate": True}
    assert json.loads(body) == expected


def test_nothing_is_asked_once_the_time_is_over(provider: Provider, caller: Caller) -> None:
    assert upload_wait(caller=caller, upload=UPLOAD, wait_s=0) is None
    assert provider.received == []


@pytest.mark.parametrize("answer", [Answer(200, {"id": str(UUID(int=1))}), Answer(200, raw=b"")])
def test_an_answer_that_makes_no_sense_ends_the_wait_and_frees_its_place(
    provider: Provider, caller: Caller, answer: Answer
) -> None:
    provider.on("GET", JOB, answer)
    for _ in range(processing.WAIT_SLOTS + 1):
        waited = upload_wait(caller=caller, upload=UPLOAD, wait_s=600, sleep=lambda _: None)
        assert waited is None
    assert len(provider.asked("GET", JOB)) == processing.WAIT_SLOTS + 1
