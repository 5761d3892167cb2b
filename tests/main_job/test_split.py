"""The main job with every role in processes of its own."""

import time

import psycopg
import pytest

from platform_site.kit.auth.revocations import MEMORY_S
from tests.main_job.steps import photograph_is_published
from tests.servers.person import PASSWORD, PHOTOGRAPHS
from tests.servers.platform import Platform
from tests.servers.processes import manage
from tests.waiting import until

pytestmark = [
    pytest.mark.processes,
    pytest.mark.parametrize("split", ["gunicorn", "granian"], indirect=True, scope="package"),
]


@pytest.mark.parametrize(
    "name",
    [
        "wine-portrait-exif.jpg",
        "dogs-progressive.jpg",
        "dandelion-alpha.png",
        "fig-display-p3.jpg",
        "mountains.jpg",
    ],
)
def test_a_photograph_is_published(split: Platform, name: str) -> None:
    photograph_is_published(split.person("alice"), PHOTOGRAPHS / name)


def test_process_answers_with_the_renditions_when_the_caller_waits(split: Platform) -> None:
    alice = split.person("alice")
    answer = alice.upload(
        PHOTOGRAPHS / "mountains.jpg",
        route="/api/v1/process",
        headers={"Prefer": "wait=20"},
        presets="thumb",
    )
    assert answer.status == 200, answer.body
    assert {r["state"] for r in answer.json["image"]["renditions"]} == {"ready"}
    assert alice.fetch(answer.json["image"]["renditions"][0]["url"]).status == 200


def test_bob_gets_the_answer_for_a_missing_image_to_alices(split: Platform) -> None:
    alice, bob = split.person("alice"), split.person("bob")
    image_id = alice.upload(PHOTOGRAPHS / "mountains.jpg").json["image"]["id"]
    missing = bob.send("GET", "/api/v1/images/018f0000-0000-7000-8000-000000000000")
    hers = bob.send("GET", f"/api/v1/images/{image_id}")
    assert (hers.status, missing.status) == (404, 404)
    varying = {"instance", "request_id"}
    assert {k: v for k, v in hers.json.items() if k not in varying} == {
        k: v for k, v in missing.json.items() if k not in varying
    }


def test_an_image_can_be_rendered_anew_and_deleted_for_good(split: Platform) -> None:
    alice = split.person("alice")
    uploaded = alice.upload(PHOTOGRAPHS / "mountains.jpg", presets="thumb").json
    image_id = uploaded["image"]["id"]
    alice.job_ended(uploaded["job"]["id"])

    ops = {"width": 321, "height": 200, "fit": "cover", "format": "avif"}
    rendered = alice.send("POST", f"/api/v1/images/{image_id}/renditions", {"ops": ops})
    assert rendered.status == 202, rendered.body
    assert alice.job_ended(rendered.json["job"]["id"])["state"] == "succeeded"
    avif = [r for r in alice.image(image_id)["renditions"] if r["format"] == "avif"]
    assert [(r["width"], r["height"], r["state"]) for r in avif] == [(321, 200, "ready")]
    assert alice.fetch(avif[0]["url"]).body[4:12] == b"ftypavif"

    keys = {key for key in split.store.object_keys() if image_id in key}
    assert keys
    deleted = alice.send("DELETE", f"/api/v1/images/{image_id}?permanent=true")
    assert deleted.status == 202, deleted.body
    assert alice.job_ended(deleted.json["job"]["id"])["state"] == "succeeded"
    assert not {key for key in split.store.object_keys() if image_id in key}
    assert alice.send("GET", f"/api/v1/images/{image_id}").status == 404
    assert alice.fetch(avif[0]["url"]).status == 404


def test_an_account_is_closed_taken_back_and_deleted_with_every_object_it_had(
    split: Platform,
) -> None:
    dave = split.person("dave")
    uploaded = dave.upload(PHOTOGRAPHS / "mountains.jpg", presets="thumb").json
    dave.job_ended(uploaded["job"]["id"])
    image_id = uploaded["image"]["id"]
    url = dave.image(image_id)["renditions"][0]["url"]
    assert dave.fetch(url).status == 200

    closed = dave.send("DELETE", "/api/v1/account", {"password": PASSWORD})
    assert closed.status == 202, closed.body
    assert dave.fetch(url).status == 404
    time.sleep(MEMORY_S)  # so long may a process remember that the session was alive
    assert dave.send("GET", "/api/v1/images").status == 401

    dave.sign_in()
    assert dave.send("GET", "/api/v1/images").json["code"] == "account_closing"
    assert dave.send("GET", "/auth/profile").json["deletion_due_at"] == closed.json["deletes_at"]
    assert dave.send("POST", "/api/v1/account/restore").status == 204
    assert dave.fetch(url).status == 200
    dave.sign_in()
    assert dave.image(image_id)["state"] == "ready"

    assert dave.send("DELETE", "/api/v1/account", {"password": PASSWORD}).status == 202
    with psycopg.connect(split.database_url) as connection:
        due = "UPDATE accounts_user SET deletion_due_at = now() WHERE email = lower(%s)"
        assert connection.execute(due, [dave.email]).rowcount == 1
    deadline = time.monotonic() + 60
    while "Deleted 1" not in manage("delete_due_accounts", environment=split.environment("auth")):
        assert time.monotonic() < deadline
    assert not {key for key in split.store.object_keys() if image_id in key}
    login = {"email": dave.email, "password": PASSWORD}
    assert dave.send("POST", "/auth/login", login).status == 401


def test_status_tells_real_numbers(split: Platform) -> None:
    alice = split.person("alice")
    told: list[dict[str, bool]] = []

    def is_well() -> bool:
        # On a busy machine a role may miss the deadline of one question, and is told as such.
        status = alice.send("GET", "/api/v1/status")
        told.append({role: state["ok"] for role, state in status.json["roles"].items()})
        assert (status.status == 200) == all(told[-1].values())
        return status.status == 200

    until(is_well, lambda: str(told[-1]), every_s=0.2)
    assert set(told[-1]) == {"auth", "gateway", "images", "worker"}


def test_one_request_id_goes_through_every_role_and_the_worker(split: Platform) -> None:
    alice = split.person("alice")
    request_id = "a-request-id-of-our-own"
    answer = alice.upload(
        PHOTOGRAPHS / "mountains.jpg", headers={"X-Request-ID": request_id}, presets="thumb"
    )
    alice.job_ended(answer.json["job"]["id"])
    for role in ("gateway", "images", "worker"):
        assert request_id in split.programs[role].words(), role
