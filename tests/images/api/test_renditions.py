from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from images.api import renditions as renditions_api
from images.models import Job, Rendition
from images.services import renditions
from platform_site.kit.auth.revocations import session_revoke
from tests.images.conftest import Broker
from tests.images.people import Person

pytestmark = pytest.mark.django_db(transaction=True)
V1 = "/internal/v1"
JSON = "application/json"


@pytest.fixture
def url(ready_picture: dict[str, Any]) -> str:
    return f"{V1}/images/{ready_picture['id']}/renditions"


def test_a_preset_that_is_there_is_given_at_once(
    as_alice: Client, url: str, broker: Broker
) -> None:
    reply = as_alice.post(url, {"preset": "thumb"}, JSON)
    assert reply.status_code == 200
    assert reply.json()["job"] is None
    assert [r["format"] for r in reply.json()["renditions"]] == ["webp", "jpeg"]
    assert broker.sent == []


def test_operations_are_made_once_however_often_asked_for(
    as_alice: Client, url: str, broker: Broker
) -> None:
    ops = {"ops": {"width": 20, "height": 20, "fit": "cover", "format": "png"}}
    first = as_alice.post(url, ops, JSON)
    second = as_alice.post(url, ops, JSON)
    assert (first.status_code, second.status_code) == (202, 202)
    assert first.json()["job"]["id"] == second.json()["job"]["id"]
    assert len(broker.sent) == 1
    assert first.json()["image"]["state"] == "processing"
    broker.work()
    third = as_alice.post(url, ops, JSON)
    assert third.status_code == 200
    (rendition,) = third.json()["renditions"]
    assert (rendition["spec"], rendition["state"]) == ("w_20,h_20,fit_cover", "ready")
    assert (rendition["width"], rendition["height"]) == (20, 20)
    assert third.json()["image"]["state"] == "ready"
    assert len(as_alice.get(url).json()["results"]) == 9


def test_operations_that_are_a_preset_are_that_preset(
    as_alice: Client, url: str, broker: Broker
) -> None:
    reply = as_alice.post(url, {"ops": {"width": 200, "height": 200, "format": "webp"}}, JSON)
    assert reply.status_code == 200
    assert reply.json()["renditions"][0]["preset"] == "thumb"
    assert broker.sent == []


def test_a_failed_rendition_is_tried_again_when_asked_for(
    as_alice: Client, url: str, broker: Broker
) -> None:
    Rendition.objects.filter(preset="thumb", format="webp").update(state=Rendition.State.FAILED)
    reply = as_alice.post(url, {"preset": "thumb"}, JSON)
    assert reply.status_code == 202
    assert reply.json()["job"]["progress"]["total"] == 1
    broker.work()
    assert not Rendition.objects.exclude(state=Rendition.State.READY).exists()


def test_who_prefers_to_wait_is_answered_once_the_job_is_over(
    as_alice: Client, url: str, broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []

    def wait(*, job_id: UUID, wait_s: float) -> bool:
        assert str(job_id) == str(Job.objects.latest("created_at").id)
        waited.append(wait_s)
        broker.work()
        return True

    monkeypatch.setattr(renditions_api, "job_wait", wait)
    ops = {"ops": {"width": 20, "height": 20, "fit": "cover", "format": "png"}}
    reply = as_alice.post(url, ops, JSON, headers={"Prefer": "wait=7"})
    assert (reply.status_code, reply["Preference-Applied"], waited) == (200, "wait=7", [7])
    body = reply.json()
    assert (body["job"]["state"], body["image"]["state"]) == ("succeeded", "ready")
    (made,) = body["renditions"]
    assert (made["state"], made["format"], bool(made["url"])) == ("ready", "png", True)


def test_a_wait_that_was_too_short_is_told(
    as_alice: Client, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(renditions_api, "job_wait", lambda **_: False)
    reply = as_alice.post(url, {"ops": {"width": 20}}, JSON, headers={"Prefer": "wait=7"})
    assert (reply.status_code, reply["Preference-Applied"]) == (202, "wait=7")
    assert reply.json()["job"]["state"] == "queued"


def test_who_is_signed_out_while_it_is_made_is_told_nothing(
    as_alice: Client, alice: Person, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wait(**_named: Any) -> bool:
        session_revoke(session_id=alice.session_id, ttl_s=60)
        return False

    monkeypatch.setattr(renditions_api, "job_wait", wait)
    reply = as_alice.post(url, {"ops": {"width": 20}}, JSON, headers={"Prefer": "wait=7"})
    assert (reply.status_code, reply.json()["code"]) == (401, "token_revoked")


def test_nobody_waits_for_what_is_there_or_without_a_preference(
    as_alice: Client, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(renditions_api, "job_wait", lambda **_: pytest.fail("it waited"))
    there = as_alice.post(url, {"preset": "thumb"}, JSON, headers={"Prefer": "wait=7"})
    assert (there.status_code, there["Preference-Applied"]) == (200, "wait=7")
    reply = as_alice.post(url, {"ops": {"width": 20}}, JSON)
    assert (reply.status_code, reply.get("Preference-Applied")) == (202, None)


@pytest.mark.parametrize(
    ("body", "code", "error"),
    [
        ({}, "invalid", ("/", "one_of")),
        ({"preset": "thumb", "ops": {}}, "invalid", ("/", "one_of")),
        ({"preset": "huge"}, "unknown_preset", ("/presets", "unknown_preset")),
        ({"size": 1}, "unknown_field", ("/size", "unknown_field")),
        ({"ops": {"width": 0}}, "invalid", ("/ops/width", "min_value")),
        ({"ops": {"width": 8193}}, "invalid", ("/ops/width", "max_value")),
        ({"ops": {"width": 9, "fit": "pad"}}, "invalid", ("/ops/fit", "invalid_choice")),
        ({"ops": {"width": 9, "fit": "cover"}}, "invalid_ops", ("/ops/fit", "invalid_spec")),
        ({"ops": {"format": "gif"}}, "invalid", ("/ops/format", "invalid_choice")),
        ({"ops": {"quality": 101}}, "invalid", ("/ops/quality", "max_value")),
        ({"ops": {"quality": None}}, "invalid", ("/ops/quality", "null")),
        ({"ops": {"width": "wide"}}, "invalid", ("/ops/width", "type")),
    ],
)
def test_what_cannot_be_made_is_refused_and_changes_nothing(  # noqa: PLR0917 - pytest passes by name
    as_alice: Client,
    url: str,
    broker: Broker,
    body: dict[str, Any],
    code: str,
    error: tuple[str, str],
) -> None:
    reply = as_alice.post(url, body, JSON)
    assert (reply.status_code, reply.json()["code"]) == (400, code)
    (named,) = reply.json()["errors"]
    assert (named["pointer"], named["code"]) == error
    assert (Rendition.objects.count(), Job.objects.count(), broker.sent) == (8, 1, [])


def test_an_image_in_the_trash_gets_no_renditions(
    as_alice: Client, url: str, ready_picture: dict[str, Any]
) -> None:
    as_alice.delete(f"{V1}/images/{ready_picture['id']}")
    reply = as_alice.post(url, {"ops": {"width": 9}}, JSON)
    assert (reply.status_code, reply.json()["code"]) == (409, "image_trashed")
    assert Rendition.objects.count() == 8


def test_an_image_has_so_many_renditions_and_no_more(
    as_alice: Client, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(renditions, "RENDITIONS_MAX", 9)
    assert as_alice.post(url, {"ops": {"width": 9}}, JSON).status_code == 202
    reply = as_alice.post(url, {"ops": {"width": 8}}, JSON)
    assert (reply.status_code, reply.json()["code"]) == (409, "too_many_renditions")
    assert Rendition.objects.count() == 9


def test_the_presets_are_told(as_alice: Client, db: None) -> None:
    results = as_alice.get(f"{V1}/presets").json()["results"]
    assert [(p["name"], p["width"], p["height"]) for p in results] == [
        ("thumb", 200, 200),
        ("small", 480, 480),
        ("medium", 800, 800),
        ("large", 1600, 1600),
    ]
    assert {p["fit"] for p in results} == {"inside"}
    assert results[0]["formats"] == ["webp", "jpeg"]
