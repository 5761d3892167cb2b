"""What happens to the main job when a part of the platform is lost."""

import hashlib
import io
import json
import os
import signal
import subprocess
import time
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
import pytest
from celery import Celery
from redis import Redis

from tests.servers import held_task
from tests.servers.person import PHOTOGRAPHS, Person
from tests.servers.platform import WORKER, Platform, platform
from tests.servers.processes import Program, manage
from tests.waiting import until

pytestmark = pytest.mark.processes

DISABLE = """
from contextlib import suppress
from accounts.errors import RevocationUnavailable
from accounts.models import User
from accounts.services.users import account_disable
with suppress(RevocationUnavailable):
    account_disable(user_id=User.objects.get(email="{}".lower()).id)
"""
FAST = {"JOB_LEASE_S": "2", "JOB_REQUEUE_AFTER_S": "2"}


@pytest.fixture(scope="module")
def fragile(postgresql_url: str) -> Iterator[Platform]:
    """A platform that these tests break, with a scheduler and short leases."""
    with platform(postgresql_url, extra=FAST, scheduler=True) as running:
        yield running


def test_a_job_of_a_killed_worker_ends_once_with_one_set_of_renditions(fragile: Platform) -> None:
    alice = fragile.person("alice")
    uploaded = alice.upload(PHOTOGRAPHS / "mountains.jpg").json
    _wait_for_state(alice, uploaded["job"]["id"], "running")
    fragile.programs["worker"].kill()
    assert alice.send("GET", f"/api/v1/jobs/{uploaded['job']['id']}").json["state"] == "running"

    fragile.start("worker")
    job = alice.job_ended(uploaded["job"]["id"])
    assert (job["state"], job["attempt"]) == ("succeeded", 2)
    image = alice.image(uploaded["image"]["id"])
    assert len(image["renditions"]) == 8
    assert len({r["spec"] for r in image["renditions"]}) == 8
    assert {r["state"] for r in image["renditions"]} == {"ready"}


def test_a_job_that_waited_in_a_killed_worker_is_run_by_the_next_one(
    fragile: Platform, tmp_path: Path
) -> None:
    """The worker had one message in hand and another, of a job, that it had not begun."""
    fragile.programs["worker"].stop()
    options = ("--queues", "interactive", "--prefetch-multiplier", "4")
    command = (*WORKER, *options, "--include", held_task.__name__)
    greedy = Program("greedy", command, fragile.environment("worker"), fragile.directory)
    greedy.start()
    try:
        with Celery(broker=fragile.broker.url, set_as_current=False) as app:
            app.send_task(held_task.NAME, [str(tmp_path), "held"], queue="interactive")
        until((tmp_path / "held.begun").exists, greedy.words)
        alice = fragile.person("alice")
        uploaded = alice.upload(PHOTOGRAPHS / "wine-portrait-exif.jpg").json
        with Redis.from_url(fragile.broker.url) as broker:
            until(lambda: not broker.llen("interactive"), greedy.words)
    finally:
        greedy.kill()
    (tmp_path / "held.go").touch()
    fragile.start("worker")
    job = alice.job_ended(uploaded["job"]["id"])
    assert (job["state"], job["attempt"]) == ("succeeded", 1)


def test_a_job_of_a_killed_child_is_taken_up_by_the_next_one(fragile: Platform) -> None:
    alice = fragile.person("alice")
    uploaded = alice.upload(PHOTOGRAPHS / "dogs-progressive.jpg").json
    _wait_for_state(alice, uploaded["job"]["id"], "running")
    _kill_a_child(fragile)
    job = alice.job_ended(uploaded["job"]["id"])
    assert job["state"] == "succeeded"
    assert len(alice.image(uploaded["image"]["id"])["renditions"]) == 8


def test_an_upload_without_a_broker_is_accepted_and_done_when_it_is_back(
    fragile: Platform,
) -> None:
    alice = fragile.person("alice")
    fragile.broker.stop()
    try:
        answer = alice.upload(PHOTOGRAPHS / "mountains.jpg", presets="thumb")
        assert answer.status == 202, answer.body
        assert (
            alice.send("GET", f"/api/v1/jobs/{answer.json['job']['id']}").json["state"] == "queued"
        )
    finally:
        fragile.broker.start()
        _restart_what_ended(fragile)
    assert alice.job_ended(answer.json["job"]["id"])["state"] == "succeeded"


def test_an_upload_without_a_store_is_refused_and_leaves_nothing_behind(
    fragile: Platform,
) -> None:
    alice = fragile.person("alice")
    before = _rows(fragile)
    fragile.store.stop()
    try:
        answer = alice.upload(PHOTOGRAPHS / "fig-display-p3.jpg")
    finally:
        fragile.store.start()
    assert (answer.status, answer.json["code"]) == (503, "storage_unavailable")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert int(answer.headers["Retry-After"]) >= 1
    assert _rows(fragile) == before
    usage = alice.send("GET", "/api/v1/usage").json
    assert (usage["bytes"], usage["reserved_bytes"], usage["images"]) == (0, 0, 0)


def test_without_auth_a_verified_token_is_still_good_for_reading(fragile: Platform) -> None:
    alice = fragile.person("alice")
    assert alice.send("GET", "/api/v1/usage").status == 200
    fragile.programs["auth"].stop()
    try:
        assert alice.send("GET", "/api/v1/images").status == 200
        overview = alice.send("GET", "/api/v1/overview")
        assert (overview.status, overview.json["unavailable"]) == (200, ["auth"])
    finally:
        fragile.start("auth")


def test_without_the_cache_reads_go_on_and_nothing_is_changed(fragile: Platform) -> None:
    alice, program = fragile.person("alice"), fragile.person("a-program")
    image = alice.upload(PHOTOGRAPHS / "wine-portrait-exif.jpg").json["image"]["id"]
    scopes = ["images:read", "images:write"]
    key = program.send("POST", "/auth/api-keys", {"name": "k", "scopes": scopes}).json
    held, program.token = program.token, key["key"]
    warm = [program.send("GET", "/api/v1/images").status for _ in range(20)]
    assert set(warm) == {200}, "both processes know the key"
    fragile.cache.stop()
    try:
        time.sleep(1.5)  # longer than a process remembers that a session goes on
        for one in (alice, program):
            assert one.send("GET", "/api/v1/images").status == 200
        assert alice.send("GET", "/auth/profile").status == 200
        refused = [
            alice.send("DELETE", f"/api/v1/images/{image}"),
            alice.send("PATCH", "/auth/profile", {"name": "Eve"}),
            alice.send("POST", "/auth/logout-all"),
            program.send("POST", "/api/v1/images/actions", {}),
        ]
        program.token = held
        refused.append(program.send("DELETE", f"/auth/api-keys/{key['id']}"))
        assert {(one.status, one.json["code"]) for one in refused} == {(503, "revocation_unknown")}
        assert {"Retry-After" in one.headers for one in refused} == {True}
    finally:
        fragile.cache.start()
    until(lambda: program.send("DELETE", f"/auth/api-keys/{key['id']}").status == 204)
    program.token = key["key"]
    until(lambda: program.send("GET", "/api/v1/images").status == 401, timeout_s=2)
    assert alice.send("GET", f"/api/v1/images/{image}").status == 200, "nothing was changed"


def test_an_end_that_nobody_could_be_told_of_outlives_auth_and_the_cache(
    fragile: Platform,
) -> None:
    alice = fragile.person("alice")
    fragile.cache.stop()
    try:
        manage(
            "shell",
            "--command",
            DISABLE.format(alice.email),
            environment=fragile.environment("admin"),
        )
        assert alice.send("GET", "/api/v1/images").status == 200, "reads go on"
        fragile.programs["auth"].stop()
    finally:
        fragile.cache.start()
        fragile.start("auth")
    until(lambda: alice.send("GET", "/api/v1/images").status == 401)
    with Redis.from_url(fragile.cache.url) as cache:
        told = cache.keys("revocations:*:revoked:sid:*")
        cache.flushall()  # as one without a disk is, after its end
        until(lambda: cache.exists(*told) == len(told))


def test_an_export_outlives_auth_and_its_worker_and_is_fetched_in_parts(
    fragile: Platform,
) -> None:
    alice = fragile.person("alice")
    picture, originals = (PHOTOGRAPHS / "wine-portrait-exif.jpg").read_bytes(), set()
    for _ in range(4):  # what follows a picture's end is kept, and costs no time to render
        original = picture + os.urandom(9_000_000)
        originals.add(hashlib.sha256(original).hexdigest())
        uploaded = alice.upload(original, presets="thumb")
        assert alice.job_ended(uploaded.json["job"]["id"])["state"] == "succeeded"
    fragile.programs["worker"].stop()
    with ThreadPoolExecutor(6) as threads:  # a person with a nervous finger
        asked = list(threads.map(lambda _: alice.send("POST", "/api/v1/exports"), range(6)))
    assert sorted(one.status for one in asked) == [202] + [409] * 5
    export_id = next(one.json["id"] for one in asked if one.status == 202)

    def export() -> Any:
        return alice.send("GET", f"/api/v1/exports/{export_id}").json

    fragile.programs["auth"].stop()
    try:
        fragile.start("worker")
        until(lambda: export()["progress"]["done"])
        fragile.programs["worker"].kill()
        done = export()["progress"]["done"]
        fragile.start("worker")
        until(lambda: export()["state"] == "ready", timeout_s=60)
    finally:
        fragile.start("auth")
    made = export()
    assert (made["progress"], 0 < done < 4) == ({"done": 4, "total": 4}, True)
    whole = alice.fetch(made["url"])
    half = made["bytes"] // 2
    again = {"If-Range": whole.headers["ETag"]}
    parts = [
        alice.fetch(made["url"], {"Range": wanted, **again})
        for wanted in (f"bytes=0-{half - 1}", f"bytes={half}-")
    ]
    assert [part.status for part in parts] == [206, 206]
    assert b"".join(part.body for part in parts) == whole.body
    with zipfile.ZipFile(io.BytesIO(whole.body)) as archive:
        assert archive.testzip() is None
        files = [name for name in archive.namelist() if name.startswith("originals/")]
        assert {hashlib.sha256(archive.read(name)).hexdigest() for name in files} == originals
        account = json.loads(archive.read("account.json"))
    assert account["profile"]["email"] == alice.email.lower()


def test_without_images_the_gateway_says_so_and_recovers(fragile: Platform) -> None:
    alice = fragile.person("alice")
    fragile.programs["images"].stop()
    try:
        answer = alice.send("GET", "/api/v1/images")
        assert (answer.status, answer.json["code"]) == (503, "upstream_unavailable")
        assert "Retry-After" in answer.headers
    finally:
        fragile.start("images")
    deadline = time.monotonic() + 10
    while (answer := alice.send("GET", "/api/v1/images")).status != 200:
        assert time.monotonic() < deadline, answer.body
        time.sleep(0.2)


def _wait_for_state(person: Person, job_id: str, state: str) -> None:
    deadline = time.monotonic() + 20
    while person.send("GET", f"/api/v1/jobs/{job_id}").json["state"] != state:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def _restart_what_ended(platform: Platform) -> None:
    """Do what the cluster does with a program that has ended.

    Celery's worker ends itself when it loses the broker while it holds an unacknowledged message:
    kombu then looks for the host name of a connection that is already gone (kombu#582).
    """
    time.sleep(2)
    for role in ("worker", "scheduler"):
        process = platform.programs[role].process
        if process is None or process.poll() is not None:
            platform.start(role)


def _kill_a_child(platform: Platform) -> None:
    parent = platform.programs["worker"].process
    assert parent is not None
    listed = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(parent.pid)], capture_output=True, text=True, check=True
    )
    for pid in listed.stdout.split():
        os.kill(int(pid), signal.SIGKILL)


def _rows(platform: Platform) -> dict[str, int]:
    with psycopg.connect(platform.database_url) as connection:
        return {
            table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # type: ignore[index]  # noqa: S608
            for table in ("images_image", "images_rendition", "images_job")
        }
