"""gateway/idempotency.py: a POST that is sent again gets the first answer, and happens once."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from gateway.idempotency import RUNNING_S, Slot
from platform_site.kit import shared_cache
from tests.gateway.documents import HOST, IMAGE_ID, image, job, rendition, upload
from tests.gateway.people import Person
from tests.gateway.provider import Answer, Provider, Received
from tests.waiting import until

UPLOADS = "/internal/v1/images"
RENDITIONS = f"/internal/v1/images/{IMAGE_ID}/renditions"
LOCATION = f"{HOST}/api/v1/images/{IMAGE_ID}"
PUBLIC = f"/api/v1/images/{IMAGE_ID}/renditions"


@pytest.fixture(autouse=True)
def _stored(provider: Provider) -> None:
    provider.on("POST", UPLOADS, Answer(202, upload(), {"Location": LOCATION}))
    wanted = {"image": image(), "job": job(), "renditions": [rendition(state="pending")]}
    provider.on("POST", RENDITIONS, Answer(202, wanted))


def send(client: Client, content: bytes = b"picture", key: str = "k-1", **fields: Any) -> Any:
    file = SimpleUploadedFile("a.jpg", content)
    headers = {"Idempotency-Key": key} if key else {}
    return client.post("/api/v1/images", {"file": file, **fields}, headers=headers)


def ask(client: Client, key: str = "k-1", path: str = PUBLIC, preset: str = "thumb") -> Any:
    body = {"preset": preset}
    headers = {"Idempotency-Key": key}
    return client.post(path, body, content_type="application/json", headers=headers)


def test_an_upload_that_is_sent_again_happens_once(provider: Provider, as_alice: Client) -> None:
    first, second = send(as_alice), send(as_alice)
    assert (first.status_code, second.status_code) == (202, 202)
    assert second.content == first.content
    assert second["Location"] == first["Location"] == LOCATION
    assert second["Content-Type"] == "application/json"
    assert "Idempotency-Replayed" not in first
    assert second["Idempotency-Replayed"] == "true"
    assert len(provider.asked("POST", UPLOADS)) == 1


def test_a_small_body_that_is_sent_again_happens_once(provider: Provider, as_alice: Client) -> None:
    first, second = ask(as_alice), ask(as_alice)
    assert (second.status_code, second.content) == (first.status_code, first.content)
    assert second["Idempotency-Replayed"] == "true"
    assert len(provider.asked("POST", RENDITIONS)) == 1


def test_a_replay_still_tells_the_limit(as_alice: Client) -> None:
    send(as_alice)
    assert "RateLimit" in send(as_alice)


def test_another_file_under_the_same_key_is_refused(provider: Provider, as_alice: Client) -> None:
    send(as_alice, b"one")
    refused = send(as_alice, b"two")
    assert (refused.status_code, refused.json()["code"]) == (422, "idempotency_key_reused")
    assert len(provider.asked("POST", UPLOADS)) == 1


def test_another_object_under_the_same_key_is_refused(provider: Provider, as_alice: Client) -> None:
    ask(as_alice)
    other = PUBLIC.replace(str(IMAGE_ID), "0193a5c0-0000-7000-8000-00000000000f")
    assert ask(as_alice, path=other).json()["code"] == "idempotency_key_reused"
    assert [request.path for request in provider.received if "renditions" in request.path] == [
        RENDITIONS
    ]


def test_the_same_key_of_bob_is_his_own(
    provider: Provider, as_alice: Client, as_bob: Client
) -> None:
    send(as_alice, b"one")
    his = send(as_bob, b"two")
    assert (his.status_code, "Idempotency-Replayed" in his) == (202, False)
    assert len(provider.asked("POST", UPLOADS)) == 2


def test_the_same_key_on_another_route_is_another_key(provider: Provider, as_alice: Client) -> None:
    assert send(as_alice).status_code == 202
    assert ask(as_alice).status_code == 202
    assert len(provider.asked("POST", RENDITIONS)) == 1


def test_without_a_key_everything_happens_again(provider: Provider, as_alice: Client) -> None:
    send(as_alice, key="")
    send(as_alice, key="")
    assert len(provider.asked("POST", UPLOADS)) == 2


@pytest.mark.parametrize("key", ["", " ", "a b", "k" * 256, "ключ", "tab\there"])
def test_a_key_must_be_printable_and_short(provider: Provider, as_alice: Client, key: str) -> None:
    refused = ask(as_alice, key=key)
    assert (refused.status_code, refused.json()["code"]) == (400, "idempotency_key_invalid")
    assert provider.asked("POST", RENDITIONS) == []


def test_a_refusal_is_an_answer_and_is_replayed(provider: Provider, as_alice: Client) -> None:
    provider.refuse("POST", UPLOADS, 422, "image_corrupt")
    first, second = send(as_alice), send(as_alice)
    assert (first.status_code, first.json()["code"]) == (422, "image_corrupt")
    assert (second.content, second["Content-Type"]) == (first.content, "application/problem+json")
    assert second["Idempotency-Replayed"] == "true"
    assert len(provider.asked("POST", UPLOADS)) == 1


def test_an_invalid_body_is_an_answer_too(provider: Provider, as_alice: Client) -> None:
    provider.refuse("POST", RENDITIONS, 400, "invalid")
    headers = {"Idempotency-Key": "k"}
    replies = [
        as_alice.post(PUBLIC, "{}", content_type="application/json", headers=headers)
        for _ in range(2)
    ]
    assert [reply.status_code for reply in replies] == [400, 400]
    assert replies[1]["Idempotency-Replayed"] == "true"
    assert len(provider.asked("POST", RENDITIONS)) == 1


@pytest.mark.parametrize("status", [429, 500, 503])
def test_what_may_end_otherwise_next_time_is_not_stored(
    provider: Provider, as_alice: Client, status: int
) -> None:
    provider.refuse("POST", UPLOADS, status, "later")
    assert send(as_alice).status_code == (502 if status == 500 else status)
    provider.on("POST", UPLOADS, Answer(202, upload()))
    again = send(as_alice)
    assert (again.status_code, "Idempotency-Replayed" in again) == (202, False)


def test_of_many_at_once_one_happens_and_the_others_are_told_to_wait(
    provider: Provider, alice: Person
) -> None:
    entered, release = threading.Event(), threading.Event()

    def slow(_request: Received) -> Answer:
        entered.set()
        assert release.wait(10)
        return Answer(202, upload())

    provider.on("POST", UPLOADS, slow)
    with ThreadPoolExecutor(6) as pool:
        first = pool.submit(send, Client(headers=alice.headers))
        assert entered.wait(10)
        others = [pool.submit(send, Client(headers=alice.headers)) for _ in range(5)]
        refused: list[HttpResponse] = [other.result(10) for other in others]
        release.set()
        assert first.result(10).status_code == 202
    assert [reply.status_code for reply in refused] == [409] * 5
    assert {reply["Retry-After"] for reply in refused} == {"1"}
    assert len(provider.asked("POST", UPLOADS)) == 1
    assert send(Client(headers=alice.headers))["Idempotency-Replayed"] == "true"


def test_a_view_that_breaks_frees_the_key(
    provider: Provider, as_alice: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: Any, **__: Any) -> None:
        raise RuntimeError

    as_alice.raise_request_exception = False
    with monkeypatch.context() as patched:
        patched.setattr("gateway.api.relayed.answer_of", breaks)
        assert ask(as_alice).status_code == 500
    assert ask(as_alice).status_code == 202


def test_a_key_outlives_any_request_that_holds_it() -> None:
    assert RUNNING_S > 60 + 30


class DeadStore:
    """A cache that gives no answer."""

    def __getattr__(self, name: str) -> Any:
        def dead(*_: Any, **__: Any) -> None:
            raise RedisConnectionError

        return dead


def test_without_a_store_a_key_cannot_be_honoured(
    provider: Provider, as_alice: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.idempotency.cache", DeadStore())
    refused = send(as_alice)
    assert (refused.status_code, refused.json()["code"]) == (503, "idempotency_unavailable")
    assert refused["Retry-After"] == "1"
    assert provider.asked("POST", UPLOADS) == []
    assert send(as_alice, key="").status_code == 202


def test_an_answer_that_cannot_be_kept_is_given_all_the_same(
    provider: Provider, as_alice: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    class ForgetfulStore(DeadStore):
        add, touch, get = cache.add, cache.touch, cache.get

    monkeypatch.setattr("gateway.idempotency.cache", ForgetfulStore())
    assert send(as_alice).status_code == 202


def test_a_key_that_was_taken_without_an_answer_is_free_again_soon(
    provider: Provider, as_alice: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when a packet is lost: the cache has it, and nobody knows who may work under it."""

    class LateStore(DeadStore):
        def add(self, *args: Any) -> bool:
            cache.add(*args)
            raise RedisTimeoutError

    monkeypatch.setattr("gateway.idempotency.CLAIM_S", 0.3)
    with monkeypatch.context() as patched:
        patched.setattr("gateway.idempotency.cache", LateStore())
        assert send(as_alice).status_code == 503
    shared_cache.breaker.succeeded()
    until(lambda: send(as_alice).status_code == 202)
    assert len(provider.asked("POST", UPLOADS)) == 1


def test_a_key_that_is_worked_under_stays_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.idempotency.CLAIM_S", 0.05)
    first = Slot("idempotency:worked-under")
    assert first.take()
    time.sleep(0.1)
    assert not Slot("idempotency:worked-under").take()
    first.free()
