"""gateway/services/processing.py: how long a job is waited for, and by how many at a time."""

import json
from typing import Any
from uuid import UUID

import pytest

from gateway.clients.types import FollowedImage, FollowedJob, FollowedUpload
from gateway.clients.upstream_calls import UpstreamCall
from gateway.permissions import Caller
from gateway.services import processing
from gateway.services.processing import (
    FIRST_POLL_S,
    SLOWEST_POLL_S,
    upload_wait,
    waiting_answer,
)
from platform_site.kit.upstream.replies import Reply
from tests.gateway.documents import IMAGE_ID, JOB_ID, image, job
from tests.gateway.provider import Answer, Provider, Received

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

    provider.on("GET", JOB, Answer(200, job(state="queued")))
    provider.on("GET", IMAGE, Answer(200, raw=json.dumps(image(), indent=1).encode()))
    body = upload_wait(caller=caller, upload=UPLOAD, wait_s=600, sleep=sleep)
    assert pauses[0] == FIRST_POLL_S
    assert pauses == sorted(pauses)
    assert pauses[-1] == SLOWEST_POLL_S
    assert body is not None
    assert json.dumps(image(), indent=1).encode() in body
    expected = {"image": image(), "job": job(state="succeeded"), "duplicate": True}
    assert json.loads(body) == expected


def test_while_images_holds_the_question_there_is_no_pause(
    provider: Provider, caller: Caller
) -> None:
    states = iter(["queued", "running", "succeeded"])

    def answer(_request: Received) -> Answer:
        return Answer(200, job(state=next(states)), {"Preference-Applied": "wait=9"})

    provider.on("GET", JOB, answer)
    provider.on("GET", IMAGE, Answer(200, image()))
    body = upload_wait(
        caller=caller, upload=UPLOAD, wait_s=9.9, sleep=lambda _: pytest.fail("it paused")
    )
    assert body is not None
    asked = [sent.header("Prefer") for sent in provider.asked("GET", JOB)]
    assert len(asked) == 3
    assert asked[0] == "wait=9"


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


CALL = UpstreamCall("POST", "/internal/v1/images/7/renditions", body=b"{}", timeout_s=10)


@pytest.mark.parametrize(("wait_s", "timeout_s"), [(30, 34), (1, 10)])
def test_a_held_answer_is_waited_for_a_little_longer_than_it_is_held(
    provider: Provider, caller: Caller, monkeypatch: pytest.MonkeyPatch, wait_s: int, timeout_s: int
) -> None:
    calls: list[UpstreamCall] = []

    def answer_of(call: UpstreamCall, *, caller: Caller) -> Reply:
        calls.append(call)
        reply: Reply = answer(call, caller=caller)
        return reply

    answer: Any = vars(processing)["answer_of"]
    monkeypatch.setattr(processing, "answer_of", answer_of)
    provider.on("POST", CALL.path, Answer(200, {}))
    assert waiting_answer(CALL, caller=caller, wait_s=wait_s).status == 200
    (call,) = calls
    assert (call.headers["Prefer"], call.timeout_s) == (f"wait={wait_s}", timeout_s)
    assert call.body == CALL.body


def test_without_a_place_to_wait_the_answer_is_not_held(provider: Provider, caller: Caller) -> None:
    provider.on("POST", CALL.path, Answer(202, {}))
    taken = [processing._slots.acquire(blocking=False) for _ in range(processing.WAIT_SLOTS)]
    try:
        assert waiting_answer(CALL, caller=caller, wait_s=9).status == 202
    finally:
        for _ in taken:
            processing._slots.release()
    for _ in range(processing.WAIT_SLOTS + 1):
        waiting_answer(CALL, caller=caller, wait_s=9)
    preferred = [sent.header("Prefer") for sent in provider.asked("POST", CALL.path)]
    assert preferred == [None] + ["wait=9"] * 9
