"""Faults that are planted into a real platform: the judge condemns each run, and says why."""

import re
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest

from drills.client import Account, Addresses, Client, Reply
from drills.history import History
from drills.judge import Verdict, judge
from drills.pictures import picture
from drills.truth import truth_read
from tests.drills import unfenced
from tests.drills.meddling import Forward, Meddler, Passing, Returned, honest, without
from tests.servers.platform import WORKER, Platform
from tests.servers.processes import Program
from tests.waiting import until

pytestmark = pytest.mark.processes


@dataclass
class Scene:
    """A platform with a liar in front of each of its parts, and what clients see of it."""

    split: Platform
    store: Meddler
    gateway: Meddler
    images: Meddler
    history: History
    numbers: Any

    def client(self) -> Client:
        """Somebody who has just signed up."""
        account = Account(f"scene-{secrets.token_hex(4)}@example.com")
        auth = self.split.address("auth")
        addresses = Addresses(self.gateway.address, auth, self.images.address)
        client = Client(next(self.numbers), account, addresses, self.history)
        client.sign_up()
        return client

    def upload(self, client: Client, **options: Any) -> Any:
        """A picture that nobody has, acknowledged."""
        name = secrets.token_hex(6)
        reply = client.upload(picture(name), key=name, presets="thumb", **options)
        assert reply is not None
        assert reply.status in {200, 202}, reply.body
        return reply.json

    def published(self, client: Client) -> tuple[str, dict[str, str]]:
        """An image that is ready, and the addresses of its files."""
        said = self.upload(client)
        image: str = said["image"]["id"]
        until(lambda: _json(client.job(said["job"]["id"]))["state"] == "succeeded")
        shown = _json(client.read(image))
        urls = {each["spec"]: each["url"] for each in shown["renditions"]}
        return image, {"original": shown["links"]["original"], **urls}

    def verdict(self, *, settle_s: float = 30.0) -> Verdict:
        """What the judge says."""
        truth = truth_read(
            self.split.database_url, self.split.store, self.history.calls, settle_s=settle_s
        )
        return judge(self.history, truth, delivery_cache_s=0)


def _json(reply: Reply | None) -> Any:
    assert reply is not None
    assert reply.status == 200, reply.body
    return reply.json


@pytest.fixture
def scene(split: Platform, liars: dict[str, Meddler], tmp_path: Path) -> Iterator[Scene]:
    """Liars that are honest until a test says otherwise, and no objects of an earlier test."""
    history = History(tmp_path / "history.jsonl")
    yield Scene(split, **liars, history=history, numbers=count())
    history.close()
    for liar in liars.values():
        liar.meddle = honest


def test_without_a_fault_it_is_acquitted(scene: Scene) -> None:
    alice = scene.client()
    image, urls = scene.published(alice)
    for spec, url in urls.items():
        alice.deliver(image, spec, url)
    alice.list_all()
    verdict = scene.verdict()
    assert verdict.is_good, str(verdict)


def test_a_store_that_acknowledges_and_drops(scene: Scene) -> None:
    alice = scene.client()
    scene.store.meddle = _dropping(r"/renditions/")
    image, urls = scene.published(alice)
    for spec, url in urls.items():
        alice.deliver(image, spec, url)
    verdict = scene.verdict()
    assert verdict.lost == 2, str(verdict)
    assert all(
        f"of image {image} has a row, and no object" in line for line in _of(verdict, "lost")
    )
    assert verdict.out_of_order == 1, str(verdict)


def test_a_store_that_keeps_other_bytes(scene: Scene) -> None:
    alice = scene.client()

    def meddle(passing: Passing, forward: Forward) -> Returned:
        returned = forward(passing)
        is_read = passing.method == "GET" and "/originals/" in passing.path
        return replace(returned, body=returned.body[:-1] + b"?") if is_read else returned

    image, urls = scene.published(alice)
    scene.store.meddle = meddle
    alice.deliver(image, "original", urls["original"])
    verdict = scene.verdict()
    assert _of(verdict, "wrong") == [
        f"wrong: {scene.history.calls[-1].name} got other bytes than original of image {image}"
    ]


def test_a_worker_that_writes_after_losing_its_lease(scene: Scene, tmp_path: Path) -> None:
    alice = scene.client()
    split = scene.split
    split.programs["worker"].stop()
    environment = {**split.environment("worker"), unfenced.PLACE: str(tmp_path)}
    options = ("--queues", "interactive", "--soft-time-limit", "300", "--time-limit", "330")
    command = (*WORKER, *options, "--include", unfenced.__name__)
    worker = Program("unfenced", command, environment, split.directory)
    worker.start()
    try:
        job = scene.upload(alice)["job"]["id"]
        until((tmp_path / "begun").exists, worker.words, timeout_s=120)
        split.start("worker")
        until(lambda: _json(alice.job(job))["state"] == "succeeded", worker.words, timeout_s=120)
        assert scene.verdict().is_good
        (tmp_path / "go").touch()
        until(lambda: _json(alice.job(job))["state"] == "failed", worker.words)
    finally:
        worker.kill()
        if split.programs["worker"].process is None:
            split.start("worker")
    verdict = scene.verdict()
    assert f"job {job} went back from succeeded" in "\n".join(_of(verdict, "out of order"))
    assert f"job {job} failed (original_missing)" in "\n".join(_of(verdict, "lost"))


def test_a_cache_that_delivers_what_was_deleted(scene: Scene) -> None:
    alice = scene.client()
    scene.images.meddle = _remembering(r"/i/")
    image, urls = scene.published(alice)
    alice.deliver(image, "original", urls["original"])
    deleted = alice.remove(image, is_permanent=True)
    assert deleted is not None
    until(lambda: _json(alice.job(deleted.json["job"]["id"]))["state"] == "succeeded")
    alice.deliver(image, "original", urls["original"])
    verdict = scene.verdict()
    assert verdict.counts == {**dict.fromkeys(verdict.counts, 0), "out_of_order": 1}, str(verdict)
    assert f"image {image} came back" in verdict.words[0]


def test_a_gateway_that_gives_anothers(scene: Scene) -> None:
    alice, bob = scene.client(), scene.client()
    scene.gateway.meddle = _remembering(r"/api/v1/images/")
    image, _urls = scene.published(alice)
    bob.read(image)
    verdict = scene.verdict()
    assert verdict.counts == {**dict.fromkeys(verdict.counts, 0), "wrong": 1}, str(verdict)
    assert f"read image {image} of {alice.account.owner} for {bob.account.owner}" in str(verdict)


def test_an_upload_that_happens_twice_under_one_key(scene: Scene) -> None:
    alice = scene.client()
    answers = count()

    def meddle(passing: Passing, forward: Forward) -> Returned:
        if passing.method != "POST":
            return forward(passing)
        returned = forward(without(passing, "Idempotency-Key"))
        if next(answers):
            return returned
        with psycopg.connect(scene.split.database_url) as connection:
            connection.execute(
                "UPDATE images_image SET trashed_at = now() WHERE owner_id = %s",
                [alice.account.owner],
            )
        return Returned(
            503, {"Content-Type": "application/problem+json"}, b'{"code": "upstream_unavailable"}'
        )

    scene.gateway.meddle = meddle
    twin = scene.upload(alice)["image"]["id"]
    verdict = scene.verdict()
    (words,) = _of(verdict, "doubled")
    assert twin in words
    assert "became the images" in words


def test_a_status_that_nobody_wrote_down(scene: Scene) -> None:
    alice = scene.client()
    image, _urls = scene.published(alice)
    scene.gateway.meddle = lambda *_: Returned(500, {"Content-Type": "text/html"}, b"<h1>Oops</h1>")
    alice.read(image)
    verdict = scene.verdict()
    assert verdict.counts == {**dict.fromkeys(verdict.counts, 0), "undocumented": 1}, str(verdict)
    last = scene.history.calls[-1].name
    route = "GET /api/v1/images/{image_id}"
    assert verdict.words == [
        f"undocumented: {route} answered 500, which the route does not name: {last}"
    ]


def _of(verdict: Verdict, kind: str) -> list[str]:
    return [line for line in verdict.words if line.startswith(f"{kind}:")]


def _dropping(pattern: str) -> Callable[[Passing, Forward], Returned]:
    def meddle(passing: Passing, forward: Forward) -> Returned:
        if passing.method == "PUT" and re.search(pattern, passing.path):
            return Returned(200, {"ETag": '"0"'})
        return forward(passing)

    return meddle


def _remembering(pattern: str) -> Callable[[Passing, Forward], Returned]:
    """A cache under the path alone, which forgets nothing."""
    kept: dict[str, Returned] = {}

    def meddle(passing: Passing, forward: Forward) -> Returned:
        if passing.method != "GET" or not re.search(pattern, passing.path):
            return forward(passing)
        if passing.path not in kept:
            returned = forward(passing)
            if returned.status != 200 or b'"pending"' in returned.body:
                return returned
            kept[passing.path] = returned
        return kept[passing.path]

    return meddle
